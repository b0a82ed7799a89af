import { createHmac } from "node:crypto";
import { PHI_CANARIES } from "@platform/testing";
import { expect, it } from "vitest";
import { config } from "../src/config";
import { isSigned, webhooks } from "../src/webhooks";

it("takes what is signed, and refuses what is not", () => {
  const signature = createHmac("sha256", config.webhookSecret).update("{}").digest("hex");
  expect(isSigned("{}", signature)).toBe(true);
  expect(isSigned('{"type":"forged"}', signature)).toBe(false);
});

it("takes a delivery that holds a note, and logs none of it", async () => {
  const raw = JSON.stringify({ id: "evt_1", type: "care.check_in.recorded.v1", data: { note: PHI_CANARIES.note } });
  const signature = createHmac("sha256", config.webhookSecret).update(raw).digest("hex");
  const headers = { "X-Loop-Signature": signature };
  const answer = await webhooks.request("/loop/webhooks", { method: "POST", headers, body: raw });
  expect(answer.status).toBe(204);
});
