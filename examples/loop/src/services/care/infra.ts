import { platformHost } from "@platform/hosts";
import { platformService } from "@platform/infra";

const databaseUrl = new sst.Secret("CARE_DATABASE_URL");
const medisendKey = new sst.Secret("MEDISEND_API_KEY");
const sentryDsn = new sst.Secret("SENTRY_DSN");

export const care = platformService("care", {
  hostname: platformHost({ service: "care", stage: $app.stage }),
  scaling: { min: 2, max: 12 },
  healthCheck: { path: "/healthz" },
  link: [databaseUrl, medisendKey, sentryDsn],
  alarms: {
    "care-5xx": { metric: "HTTPCode_Target_5XX_Count", statistic: "Sum", threshold: 5, severity: "critical" },
    "care-latency-p99": { metric: "TargetResponseTime", statistic: "p99", threshold: 1, severity: "warn" },
    "care-dead-letters": { metric: "DeadLetterDepth", statistic: "Maximum", threshold: 1, severity: "critical" },
  },
});
