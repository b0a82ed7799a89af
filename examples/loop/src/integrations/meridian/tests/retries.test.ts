import { expect, it } from "vitest";
import { retryDelay } from "../src/client";

it("waits at least as long as Loop asks for", () => {
  expect(retryDelay(1, "4")).toBeGreaterThanOrEqual(4000);
});
