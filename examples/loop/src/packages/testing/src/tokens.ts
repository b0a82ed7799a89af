export interface TestToken {
  readonly scopes: readonly string[];
  readonly brand?: string;
  readonly client?: string;
}

/** The header of a request by a caller with these scopes; the test issuer of identity signs it. */
export async function tokenFor({ scopes, brand = "loop", client = "cli_test" }: TestToken) {
  const body = new URLSearchParams({ grant_type: "client_credentials", scope: scopes.join(" "), client_id: client });
  const answer = await globalThis.testIssuer.issue(body, { brand_id: brand });
  return { Authorization: `Bearer ${answer.access_token}` };
}
