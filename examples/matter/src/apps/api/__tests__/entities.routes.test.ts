import { createHarness, type Harness } from "@matter/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { POST as createEntity } from "../app/v1/entities/route";
import { bindPorts } from "../lib/ports";
import { ENTITY } from "./samples";
import { seed } from "./seed";

let harness: Harness;

beforeEach(() => {
  seed();
  harness = createHarness((ports) => bindPorts(ports as never));
});

describe("POST /v1/entities", () => {
  it("createEntity auth: refuses a request without a token", async () => {
    const response = await harness.call(createEntity, { body: ENTITY });
    expect(response.status).toBe(401);
    expect(await harness.code(response)).toBe("token_invalid");
  });

  it("createEntity scope: refuses a token without its scope", async () => {
    const response = await harness.call(createEntity, { token: "acme:live:other:read@3", body: ENTITY });
    expect(response.status).toBe(403);
    expect(await harness.code(response)).toBe("token_scope_missing");
  });

  it("createEntity idempotency: answers a repeated key with the first answer", async () => {
    const headers = { "Idempotency-Key": "once" };
    const first = await harness.call(createEntity, { token: "acme:live:entities:write@3", body: ENTITY, headers });
    const second = await harness.call(createEntity, { token: "acme:live:entities:write@3", body: ENTITY, headers });
    expect(first.status).toBe(202);
    expect(second.headers.get("Idempotent-Replay")).toBe("true");
    expect(await second.json()).toEqual(await first.json());
  });

  it("createEntity dry-run: shows the outcome and sends nothing", async () => {
    const response = await harness.call(createEntity, {
      token: "acme:live:entities:write@3",
      body: ENTITY,
      query: "?dry_run=true",
    });
    const preview = await response.json();
    expect(response.status).toBe(200);
    expect(preview).toMatchObject({ id: null, preview: true, would_emit_events: ["entity.created"] });
    expect(harness.events()).toEqual([]);
  });

  it("createEntity audit: leaves one entry for what was let in", async () => {
    await harness.call(createEntity, { token: "acme:live:entities:write@3", body: ENTITY });
    await harness.call(createEntity, { token: "acme:live:other:read@3", body: ENTITY });
    expect(harness.ports.audited.map((entry) => entry.outcome)).toEqual(["ok"]);
    expect(harness.ports.audited[0]?.orgId).toBe("acme");
  });

  it("createEntity event: sends entity.created after success only", async () => {
    await harness.call(createEntity, { token: "acme:live:entities:write@3", body: ENTITY });
    expect(harness.events().map((event) => event.type)).toContain("entity.created");
  });
});
