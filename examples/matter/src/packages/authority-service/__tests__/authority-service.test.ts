import { fakePrisma } from "@matter/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createAuthorityService, type Deps } from "../src";

const ACME = { orgId: "acme", mode: "live" };
const ROTATION = {
  signingKeyId: "key_0a1b2c3d4e5f6g7h",
  reason: "scheduled",
  overlapEndsAt: new Date("2999-01-01T00:00:00Z"),
};

afterEach(() => vi.unstubAllGlobals());

describe("rotateSigningKey", () => {
  it("answers with a fingerprint and allows one rotation at a time", async () => {
    vi.stubGlobal("fetch", async () => Response.json({ publicKey: "test-public-key" }));
    const authority = createAuthorityService({
      prisma: fakePrisma(),
      events: { emit: async () => undefined },
    } as unknown as Deps);
    const { new_fingerprint: fingerprint } = await authority.rotateSigningKey(ACME, ROTATION);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    await expect(authority.rotateSigningKey(ACME, ROTATION)).rejects.toMatchObject({
      code: "signing_key_rotation_active",
    });
  });
});
