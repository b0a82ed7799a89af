import { platformHost } from "@platform/hosts";
import { platformService } from "@platform/infra";
import { JOBS } from "./src/jobs/registry";

const clientSecret = new sst.Secret("JOBS_CLIENT_SECRET");

export const jobs = platformService("jobs", {
  hostname: platformHost({ service: "jobs", stage: $app.stage }),
  scaling: { min: 1, max: 2 },
  healthCheck: { path: "/healthz" },
  link: [clientSecret],
  alarms: {
    "jobs-5xx": { metric: "HTTPCode_Target_5XX_Count", statistic: "Sum", threshold: 5, severity: "warn" },
    "jobs-latency-p99": { metric: "TargetResponseTime", statistic: "p99", threshold: 5, severity: "warn" },
    "jobs-dead-letters": { metric: "DeadLetterDepth", statistic: "Maximum", threshold: 1, severity: "warn" },
    "repeated-job-failures": {
      metric: "job_failure",
      statistic: "Sum",
      threshold: 1,
      evaluationPeriods: 3,
      severity: "critical",
    },
  },
});

for (const job of JOBS) {
  new sst.aws.Cron(job.id, { schedule: job.schedule, job: { handler: "src/jobs/executor.handler", link: [clientSecret] } });
}
