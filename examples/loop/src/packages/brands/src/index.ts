/** Every brand that the platform serves. */
export const BrandsCatalog = {
  loop: { name: "Loop", country: "US" },
  loopbio: { name: "Loop Bio", country: "US" },
} as const;

export type BrandId = keyof typeof BrandsCatalog;

export function isBrand(value: string): value is BrandId {
  return value in BrandsCatalog;
}
