/** Each control cites the code that enforces it, the test that shows it and the process that people follow. */
export const SOC2_CONTROLS = {
  "CC6.1": {
    title: "Logical access is restricted to authorised tokens",
    operations: [
      "createEntity",
      "createGrant",
      "exerciseGrant",
      "fileAnnualReport",
      "getCapTable",
      "issueShares",
      "legacyTransfer",
      "listGrants",
      "rotateSigningKey",
      "transferShares",
      "uploadDocument",
    ],
    codepath: "apps/api/lib/middleware/with-scope.ts",
    test: "apps/api/__tests__/tenant-isolation/equity.test.ts",
    process: "apps/docs/content/docs/process/access-review.mdx",
  },
  "CC6.7": {
    title: "Keys are rotated and never leave the key service",
    operations: ["rotateSigningKey"],
    codepath: "packages/authority-service/src/index.ts",
    test: "packages/authority-service/__tests__/authority-service.test.ts",
    process: "apps/docs/content/docs/process/key-ceremony.mdx",
  },
  "C1.1": {
    title: "Confidential documents are kept apart by tenant",
    operations: ["uploadDocument"],
    codepath: "packages/documents-service/src/index.ts",
    test: "apps/api/__tests__/tenant-isolation/documents-and-keys.test.ts",
    process: "apps/docs/content/docs/process/access-review.mdx",
  },
  "PI1.3": {
    title: "Ledger writes are complete and in order, and reads show what was written",
    operations: [
      "createGrant",
      "exerciseGrant",
      "getCapTable",
      "issueShares",
      "legacyTransfer",
      "listGrants",
      "transferShares",
    ],
    codepath: "packages/database/src/append-only.ts",
    test: "apps/api/__tests__/properties/shares.property.test.ts",
    process: "apps/docs/content/docs/process/ledger-reconciliation.mdx",
  },
} as const;

/** Code that belongs to a control area: a change below one of these asks for a look at the control. */
export const SOC2_PATHS = {
  "apps/api/lib/middleware/": ["CC6.1"],
  "packages/authority-service/": ["CC6.7"],
  "packages/documents-service/": ["C1.1"],
  "packages/equity-service/": ["PI1.3"],
} as const;
