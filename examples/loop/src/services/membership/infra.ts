import { platformHost } from "@platform/hosts";
import { platformService } from "@platform/infra";

export const membership = platformService("membership", {
  hostname: platformHost({ service: "membership", stage: $app.stage }),
  scaling: { min: 2, max: 6 },
  healthCheck: { path: "/healthz" },
  alarms: {},
});
