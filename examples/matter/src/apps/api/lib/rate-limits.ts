// Written by scripts/generate-rate-limits.ts from x-matter-rate-limit. Do not edit.

/** Calls per minute, by operation and plan. */
export const RATE_LIMITS = {
  createEntity: { free: 30, starter: 150, growth: 600, enterprise: 3000 },
  createGrant: { free: 30, starter: 150, growth: 600, enterprise: 3000 },
  exerciseGrant: { free: 30, starter: 150, growth: 600, enterprise: 3000 },
  fileAnnualReport: { free: 20, starter: 100, growth: 500, enterprise: 5000 },
  getCapTable: { free: 20, starter: 100, growth: 500, enterprise: 5000 },
  issueShares: { free: 30, starter: 150, growth: 600, enterprise: 3000 },
  legacyTransfer: { free: 30, starter: 150, growth: 600, enterprise: 3000 },
  listGrants: { free: 60, starter: 300, growth: 1500, enterprise: 10000 },
  "reports/annual.v2": { free: 20, starter: 100, growth: 500, enterprise: 5000 },
  rotateSigningKey: { free: 2, starter: 5, growth: 10, enterprise: 30 },
  transferShares: { free: 30, starter: 150, growth: 600, enterprise: 3000 },
  uploadDocument: { free: 20, starter: 100, growth: 500, enterprise: 5000 },
} as const;
