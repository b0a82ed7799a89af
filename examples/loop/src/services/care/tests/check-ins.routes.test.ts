import { drizzle } from "drizzle-orm/node-postgres";
import { describe, expect, it } from "vitest";
import { drainOutbox, published, startDatabase, tokenFor } from "@platform/testing";
import { publishEvent } from "@platform/events";
import { app } from "../src/index";
import { outbox } from "../src/db/schema";

const db = drizzle(await startDatabase());
const JSON_TYPE = { "Content-Type": "application/json" };

async function post(path: string, scope: string, body: object, key: string) {
  const headers = { ...(await tokenFor({ scopes: [scope] })), ...JSON_TYPE, "Idempotency-Key": key };
  return app.request(path, { method: "POST", headers, body: JSON.stringify(body) });
}

describe("POST /v1/check-ins", () => {
  it("createCheckIn keeps a row and publishes care.check_in.recorded.v1", async () => {
    const answer = await post("/v1/check-ins", "write:check_ins", { user_id: "usr_1", mood: 4 }, "key-1");
    expect(answer.status).toBe(201);
    await drainOutbox(await db.select().from(outbox));
    expect(published("care.check_in.recorded.v1")).toHaveLength(1);
    expect(publishEvent).toBeDefined();
  });

  it("createCheckIn called twice with one key keeps one row", async () => {
    const first = await post("/v1/check-ins", "write:check_ins", { user_id: "usr_2", mood: 2 }, "key-2");
    const second = await post("/v1/check-ins", "write:check_ins", { user_id: "usr_2", mood: 2 }, "key-2");
    expect(await second.json()).toEqual(await first.json());
  });
});

describe("GET /v1/check-ins/{check_in_id}", () => {
  it("getCheckIn answers what was written", async () => {
    const { id } = (await (await post("/v1/check-ins", "write:check_ins", { user_id: "usr_3", mood: 3 }, "key-3")).json()) as {
      id: string;
    };
    const headers = await tokenFor({ scopes: ["read:check_ins"] });
    const answer = await app.request(`/v1/check-ins/${id}`, { headers });
    expect(answer.status).toBe(200);
  });
});

describe("POST /v1/admin/check-ins/close-overdue", () => {
  it("closeOverdueCheckIns closes what is overdue", async () => {
    const answer = await post("/v1/admin/check-ins/close-overdue", "admin:care", {}, "key-4");
    expect(answer.status).toBe(200);
  });

  it("closeOverdueCheckIns called twice closes nothing more", async () => {
    await post("/v1/admin/check-ins/close-overdue", "admin:care", {}, "key-5");
    const again = await post("/v1/admin/check-ins/close-overdue", "admin:care", {}, "key-6");
    expect(await again.json()).toEqual({ closed: 0 });
  });
});

describe("GET /healthz", () => {
  it("answers without a token", async () => {
    expect((await app.request("/healthz")).status).toBe(200);
  });
});
