import { expect, it } from "vitest";
import { careRound } from "../src/index";

it("canary: care writes and reads a check-in through its SDK", async () => {
  expect(await careRound("dev")).toMatchObject({ user_id: "usr_canary", status: "open" });
});
