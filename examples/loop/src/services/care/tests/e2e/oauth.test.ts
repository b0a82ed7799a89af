import { describe, expect, it } from "vitest";
import { createCareClient } from "@platform/sdk-care";
import { createIdentityClient } from "@platform/sdk-identity";
import { authorize } from "@platform/testing/src/oauth";

describe("OAuth end to end", () => {
  it("createCheckIn with a token of the authorization code flow, introspected", async () => {
    const token = await authorize({ scopes: ["write:check_ins"] });
    const care = createCareClient({ token: token.access_token });
    expect(await care.createCheckIn({ user_id: "usr_e2e", mood: 4 })).toMatchObject({ status: "open" });
    const found = await createIdentityClient().introspect({ token: token.access_token });
    expect(found).toMatchObject({ active: true, scope: "write:check_ins" });
  });

  it("getCheckIn is refused after the token was revoked, as introspection says", async () => {
    const token = await authorize({ scopes: ["read:check_ins"] });
    const identity = createIdentityClient();
    await identity.revokeToken({ token: token.access_token });
    expect(await identity.introspect({ token: token.access_token })).toMatchObject({ active: false });
    const care = createCareClient({ token: token.access_token });
    await expect(care.getCheckIn({ check_in_id: "chk_e2e" })).rejects.toMatchObject({ error: "invalid_token" });
  });
});
