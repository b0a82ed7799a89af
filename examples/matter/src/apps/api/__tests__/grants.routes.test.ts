import { createHarness, type Harness } from "@matter/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { POST as exerciseGrant } from "../app/v1/grants/[grant_id]/exercise/route";
import { GET as listGrants, POST as createGrant } from "../app/v1/grants/route";
import { bindPorts } from "../lib/ports";
import { EXERCISE, GRANT, GRANT_ID } from "./samples";
import { seed } from "./seed";

const PARAMS = {
  exerciseGrant: { grant_id: GRANT_ID },
};
let harness: Harness;

beforeEach(() => {
  seed();
  harness = createHarness((ports) => bindPorts(ports as never));
});

describe("GET /v1/grants", () => {
  it("listGrants auth: refuses a request without a token", async () => {
    const response = await harness.call(listGrants, { method: "GET" });
    expect(response.status).toBe(401);
    expect(await harness.code(response)).toBe("token_invalid");
  });

  it("listGrants scope: refuses a token without its scope", async () => {
    const response = await harness.call(listGrants, { method: "GET", token: "acme:live:other:read@1" });
    expect(response.status).toBe(403);
    expect(await harness.code(response)).toBe("token_scope_missing");
  });

  it("listGrants idempotency: lets a read with a key through", async () => {
    const headers = { "Idempotency-Key": "once" };
    await harness.call(listGrants, { method: "GET", token: "acme:live:grants:read@1", headers });
    const second = await harness.call(listGrants, { method: "GET", token: "acme:live:grants:read@1", headers });
    expect(second.status).toBe(200);
    expect(second.headers.get("Idempotent-Replay")).toBeNull();
  });

  it("listGrants dry-run: is the same as a read", async () => {
    const response = await harness.call(listGrants, {
      method: "GET",
      token: "acme:live:grants:read@1",
      query: "?dry_run=true",
    });
    expect(response.status).toBe(200);
    expect(await response.json()).not.toHaveProperty("preview");
  });

  it("listGrants audit: leaves one entry for what was let in", async () => {
    await harness.call(listGrants, { method: "GET", token: "acme:live:grants:read@1" });
    await harness.call(listGrants, { method: "GET", token: "acme:live:other:read@1" });
    expect(harness.ports.audited.map((entry) => entry.outcome)).toEqual(["ok"]);
    expect(harness.ports.audited[0]?.orgId).toBe("acme");
  });

  it("listGrants event: sends grant.listed after success only", async () => {
    await harness.call(listGrants, { method: "GET", token: "acme:live:grants:read@1" });
    expect(harness.events().map((event) => event.type)).toContain("grant.listed");
  });
});

describe("POST /v1/grants", () => {
  it("createGrant auth: refuses a request without a token", async () => {
    const response = await harness.call(createGrant, { body: GRANT });
    expect(response.status).toBe(401);
    expect(await harness.code(response)).toBe("token_invalid");
  });

  it("createGrant scope: refuses a token without its scope", async () => {
    const response = await harness.call(createGrant, { token: "acme:live:other:read@2", body: GRANT });
    expect(response.status).toBe(403);
    expect(await harness.code(response)).toBe("token_scope_missing");
  });

  it("createGrant idempotency: answers a repeated key with the first answer", async () => {
    const headers = { "Idempotency-Key": "once" };
    const first = await harness.call(createGrant, { token: "acme:live:grants:write@2", body: GRANT, headers });
    const second = await harness.call(createGrant, { token: "acme:live:grants:write@2", body: GRANT, headers });
    expect(first.status).toBe(202);
    expect(second.headers.get("Idempotent-Replay")).toBe("true");
    expect(await second.json()).toEqual(await first.json());
  });

  it("createGrant dry-run: shows the outcome and sends nothing", async () => {
    const response = await harness.call(createGrant, {
      token: "acme:live:grants:write@2",
      body: GRANT,
      query: "?dry_run=true",
    });
    const preview = await response.json();
    expect(response.status).toBe(200);
    expect(preview).toMatchObject({ id: null, preview: true, would_emit_events: ["grant.created"] });
    expect(harness.events()).toEqual([]);
  });

  it("createGrant audit: leaves one entry for what was let in", async () => {
    await harness.call(createGrant, { token: "acme:live:grants:write@2", body: GRANT });
    await harness.call(createGrant, { token: "acme:live:other:read@2", body: GRANT });
    expect(harness.ports.audited.map((entry) => entry.outcome)).toEqual(["ok"]);
    expect(harness.ports.audited[0]?.orgId).toBe("acme");
  });

  it("createGrant event: sends grant.created after success only", async () => {
    await harness.call(createGrant, { token: "acme:live:grants:write@2", body: GRANT });
    expect(harness.events().map((event) => event.type)).toContain("grant.created");
  });
});

describe("POST /v1/grants/{grant_id}/exercise", () => {
  it("exerciseGrant auth: refuses a request without a token", async () => {
    const response = await harness.call(exerciseGrant, { params: PARAMS.exerciseGrant, body: EXERCISE });
    expect(response.status).toBe(401);
    expect(await harness.code(response)).toBe("token_invalid");
  });

  it("exerciseGrant scope: refuses a token without its scope", async () => {
    const response = await harness.call(exerciseGrant, {
      token: "acme:live:other:read@2",
      params: PARAMS.exerciseGrant,
      body: EXERCISE,
    });
    expect(response.status).toBe(403);
    expect(await harness.code(response)).toBe("token_scope_missing");
  });

  it("exerciseGrant idempotency: answers a repeated key with the first answer", async () => {
    const headers = { "Idempotency-Key": "once" };
    const first = await harness.call(exerciseGrant, {
      token: "acme:live:grants:exercise@2",
      params: PARAMS.exerciseGrant,
      body: EXERCISE,
      headers,
    });
    const second = await harness.call(exerciseGrant, {
      token: "acme:live:grants:exercise@2",
      params: PARAMS.exerciseGrant,
      body: EXERCISE,
      headers,
    });
    expect(first.status).toBe(202);
    expect(second.headers.get("Idempotent-Replay")).toBe("true");
    expect(await second.json()).toEqual(await first.json());
  });

  it("exerciseGrant dry-run: shows the outcome and sends nothing", async () => {
    const response = await harness.call(exerciseGrant, {
      token: "acme:live:grants:exercise@2",
      params: PARAMS.exerciseGrant,
      body: EXERCISE,
      query: "?dry_run=true",
    });
    const preview = await response.json();
    expect(response.status).toBe(200);
    expect(preview).toMatchObject({ id: null, preview: true, would_emit_events: ["grant.exercised"] });
    expect(harness.events()).toEqual([]);
  });

  it("exerciseGrant audit: leaves one entry for what was let in", async () => {
    await harness.call(exerciseGrant, {
      token: "acme:live:grants:exercise@2",
      params: PARAMS.exerciseGrant,
      body: EXERCISE,
    });
    await harness.call(exerciseGrant, {
      token: "acme:live:other:read@2",
      params: PARAMS.exerciseGrant,
      body: EXERCISE,
    });
    expect(harness.ports.audited.map((entry) => entry.outcome)).toEqual(["ok"]);
    expect(harness.ports.audited[0]?.orgId).toBe("acme");
  });

  it("exerciseGrant event: sends grant.exercised after success only", async () => {
    await harness.call(exerciseGrant, {
      token: "acme:live:grants:exercise@2",
      params: PARAMS.exerciseGrant,
      body: EXERCISE,
    });
    expect(harness.events().map((event) => event.type)).toContain("grant.exercised");
  });
});
