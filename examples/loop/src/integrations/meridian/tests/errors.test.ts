import { expect, it } from "vitest";
import { adviceFor, LoopError } from "../src/errors";

it("sends a code that nobody knows to support", () => {
  expect(adviceFor(new LoopError("brand_new", 418, "new"))).toBe("tell support");
});
