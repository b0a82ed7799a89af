import { expect, it } from "vitest";
import { JobRunner } from "../src/services/job-runner.service";

it("answers not_found for a job that nobody registered", async () => {
  await expect(new JobRunner().run("none")).rejects.toMatchObject({ code: "not_found" });
});
