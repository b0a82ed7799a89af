import { expect, it } from "vitest";
import { app } from "../src/index";

it("starts", () => {
  expect(app).toBeDefined();
});
