import { createHash } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { LoopClient } from "../src/client";
import { beginConnect, refreshTokens } from "../src/oauth";

const TOKEN_CANARY = "lph_at_canary_51c0";

afterEach(() => vi.unstubAllGlobals());

function answering(...answers: [number, object][]) {
  const calls = answers.map(([status, body]) => new Response(JSON.stringify(body), { status }));
  vi.stubGlobal("fetch", vi.fn(async () => calls.shift()));
}

describe("connect", () => {
  it("sends an S256 challenge of the verifier", () => {
    const { url, verifier } = beginConnect(["read:check_ins"]);
    const query = new URL(url, "https://loop.example").searchParams;
    expect(query.get("code_challenge")).toBe(createHash("sha256").update(verifier).digest("base64url"));
  });
});

describe("token refresh", () => {
  it("refresh gives new tokens for old ones", async () => {
    answering([200, { access_token: TOKEN_CANARY, refresh_token: "lph_rt_2", expires_in: 3600 }]);
    expect(await refreshTokens("lph_rt_1")).toMatchObject({ refresh_token: "lph_rt_2" });
  });

  it("an expired access token is refreshed once and the call repeated", async () => {
    answering([401, { error: "invalid_token" }], [200, { access_token: "a", refresh_token: "b" }], [200, { id: "chk_1" }]);
    const kept = vi.fn();
    const client = new LoopClient({ access_token: "old", refresh_token: "lph_rt_1", expires_in: 0 }, kept);
    expect(await client.getCheckIn("chk_1")).toEqual({ id: "chk_1" });
    expect(kept).toHaveBeenCalledOnce();
  });
});
