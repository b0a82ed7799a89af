/** Shares that may still be issued; never negative, also if the charter was amended downwards. */
export function issuable(authorized: number, outstanding: number, reserved: number): number {
  return Math.max(0, authorized - outstanding - reserved);
}

/** A part in basis points, rounded down; 0 of nothing is 0. */
export function basisPoints(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part * 10_000) / whole);
}

export interface Split {
  readonly moved: number;
  readonly kept: number;
}

/** Take shares from a certificate. Null if it holds fewer. */
export function splitCertificate(held: number, quantity: number): Split | null {
  return quantity > held ? null : { moved: quantity, kept: held - quantity };
}
