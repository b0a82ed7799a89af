import fc from "fast-check";
import { describe, it } from "vitest";
import { sagaProperty } from "../../lib/saga-property";
import { issuable, splitCertificate } from "../../lib/share-math";

interface Ledger {
  readonly authorized: number;
  readonly certificates: readonly number[];
}

const outstanding = ({ certificates }: Ledger): number => certificates.reduce((sum, held) => sum + held, 0);

describe("invariants of shares", () => {
  it("issueShares: issued shares never exceed authorized shares", () => {
    fc.assert(
      sagaProperty<Ledger, number>(
        {
          initial: () => ({ authorized: 10_000, certificates: [] }),
          step: (ledger, quantity) =>
            quantity > issuable(ledger.authorized, outstanding(ledger), 1_000)
              ? ledger
              : { ...ledger, certificates: [...ledger.certificates, quantity] },
          invariants: { "within the charter": (ledger) => outstanding(ledger) <= ledger.authorized },
        },
        fc.integer({ min: 1, max: 4_000 }),
      ),
    );
  });

  it("transferShares, legacyTransfer: a transfer keeps the number of outstanding shares", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 }), (held, quantity) => {
        const parts = splitCertificate(held, quantity);
        return parts === null ? quantity > held : parts.moved + parts.kept === held && parts.kept >= 0;
      }),
    );
  });
});
