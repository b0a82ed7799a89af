import { platformHost } from "@platform/hosts";
import { platformService } from "@platform/infra";

export const template = platformService("_template", {
  hostname: platformHost({ service: "_template", stage: $app.stage }),
  scaling: { min: 1, max: 2 },
  healthCheck: { path: "/healthz" },
  alarms: {
    "template-5xx": { metric: "HTTPCode_Target_5XX_Count", statistic: "Sum", threshold: 5, severity: "critical" },
    "template-latency-p99": { metric: "TargetResponseTime", statistic: "p99", threshold: 1, severity: "warn" },
    "template-dead-letters": { metric: "DeadLetterDepth", statistic: "Maximum", threshold: 1, severity: "warn" },
  },
});
