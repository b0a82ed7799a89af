/** Which runbook serves which kind of operation; the pager links to it by this map. */
export const RUNBOOKS = {
  "cap-table": { path: "apps/docs/content/docs/runbooks/cap-table.mdx", severity: "SEV3", owner: "Equity" },
  documents: { path: "apps/docs/content/docs/runbooks/documents.mdx", severity: "SEV3", owner: "Documents" },
  entities: { path: "apps/docs/content/docs/runbooks/entities.mdx", severity: "SEV2", owner: "Entity lifecycle" },
  filings: { path: "apps/docs/content/docs/runbooks/filings.mdx", severity: "SEV2", owner: "Compliance" },
  grants: { path: "apps/docs/content/docs/runbooks/grants.mdx", severity: "SEV2", owner: "Equity" },
  shares: { path: "apps/docs/content/docs/runbooks/shares.mdx", severity: "SEV2", owner: "Equity" },
  "signing-keys": { path: "apps/docs/content/docs/runbooks/signing-keys.mdx", severity: "SEV1", owner: "Authority" },
  transfers: { path: "apps/docs/content/docs/runbooks/transfers.mdx", severity: "SEV3", owner: "Equity" },
} as const;

export type Kind = keyof typeof RUNBOOKS;

export const runbookFor = (kind: Kind): string => RUNBOOKS[kind].path;
