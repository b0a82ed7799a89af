import { createHarness, type Harness } from "@matter/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { POST as uploadDocument } from "../app/v1/documents/route";
import { bindPorts } from "../lib/ports";
import { UPLOAD } from "./samples";
import { seed } from "./seed";

let harness: Harness;

beforeEach(() => {
  seed();
  harness = createHarness((ports) => bindPorts(ports as never));
});

describe("POST /v1/documents", () => {
  it("uploadDocument auth: refuses a request without a token", async () => {
    const response = await harness.call(uploadDocument, { body: UPLOAD });
    expect(response.status).toBe(401);
    expect(await harness.code(response)).toBe("token_invalid");
  });

  it("uploadDocument scope: refuses a token without its scope", async () => {
    const response = await harness.call(uploadDocument, { token: "acme:live:other:read@2", body: UPLOAD });
    expect(response.status).toBe(403);
    expect(await harness.code(response)).toBe("token_scope_missing");
  });

  it("uploadDocument idempotency: answers a repeated key with the first answer", async () => {
    const headers = { "Idempotency-Key": "once" };
    const first = await harness.call(uploadDocument, { token: "acme:live:documents:write@2", body: UPLOAD, headers });
    const second = await harness.call(uploadDocument, { token: "acme:live:documents:write@2", body: UPLOAD, headers });
    expect(first.status).toBe(202);
    expect(second.headers.get("Idempotent-Replay")).toBe("true");
    expect(await second.json()).toEqual(await first.json());
  });

  it("uploadDocument dry-run: shows the outcome and sends nothing", async () => {
    const response = await harness.call(uploadDocument, {
      token: "acme:live:documents:write@2",
      body: UPLOAD,
      query: "?dry_run=true",
    });
    const preview = await response.json();
    expect(response.status).toBe(200);
    expect(preview).toMatchObject({ id: null, preview: true, would_emit_events: ["document.uploaded"] });
    expect(harness.events()).toEqual([]);
  });

  it("uploadDocument audit: leaves one entry for what was let in", async () => {
    await harness.call(uploadDocument, { token: "acme:live:documents:write@2", body: UPLOAD });
    await harness.call(uploadDocument, { token: "acme:live:other:read@2", body: UPLOAD });
    expect(harness.ports.audited.map((entry) => entry.outcome)).toEqual(["ok"]);
    expect(harness.ports.audited[0]?.orgId).toBe("acme");
  });

  it("uploadDocument event: sends document.uploaded after success only", async () => {
    await harness.call(uploadDocument, { token: "acme:live:documents:write@2", body: UPLOAD });
    expect(harness.events().map((event) => event.type)).toContain("document.uploaded");
  });
});
