import { platformHost } from "@platform/hosts";
import { platformService } from "@platform/infra";

const databaseUrl = new sst.Secret("IDENTITY_DATABASE_URL");
const signingKey = new sst.Secret("IDENTITY_SIGNING_KEY");

export const identity = platformService("identity", {
  hostname: platformHost({ service: "identity", stage: $app.stage }),
  scaling: { min: 3, max: 24 },
  healthCheck: { path: "/healthz" },
  link: [databaseUrl, signingKey],
  alarms: {
    "identity-5xx": { metric: "HTTPCode_Target_5XX_Count", statistic: "Sum", threshold: 5, severity: "critical" },
    "identity-slow": { metric: "TargetResponseTime", statistic: "Maximum", threshold: 2, severity: "warn" },
  },
});
