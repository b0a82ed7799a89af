import { PlatformError } from "@platform/core";
import { execute } from "../jobs/executor";
import { JOBS } from "../jobs/registry";

/** Runs a job beside its schedule. */
export class JobRunner {
  async run(id: string): Promise<string> {
    const job = JOBS.find((each) => each.id === id);
    if (job === undefined) throw new PlatformError("not_found", "There is no such job.");
    await execute(job);
    return job.id;
  }
}
