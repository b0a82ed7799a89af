import { logger } from "@platform/logging";
import { createIdentityClient } from "@platform/sdk-identity";
import { metrics } from "@opentelemetry/api";
import { randomUUID } from "node:crypto";
import { JOBS } from "./registry";
import type { JobDefinition } from "./types";

const identity = createIdentityClient();
const failures = metrics.getMeter("jobs").createCounter("job_failure");

/** Call the target of a job once, with a token for its scope; a failure is logged, counted and thrown. */
export async function execute(job: JobDefinition): Promise<void> {
  const { access_token } = await identity.clientToken({ scope: job.scope });
  const url = new URL(job.target, process.env[job.targetSecret]);
  const headers = { Authorization: `Bearer ${access_token}`, "Idempotency-Key": randomUUID() };
  const answer = await fetch(url, { method: "POST", headers });
  if (!answer.ok) {
    failures.add(1, { job: job.id });
    logger.error({ job: job.id, status: answer.status }, "job failed");
    throw new Error(`${job.id} answered ${answer.status}`);
  }
  logger.info({ job: job.id }, "job done");
}

/** What the cron of a job calls. */
export async function handler(event: { job: string }): Promise<void> {
  const job = JOBS.find((each) => each.id === event.job);
  if (job !== undefined) await execute(job);
}
