import { platformAlarm, type AlarmDefinition } from "./alarm";

export interface ServiceOptions {
  readonly hostname: string;
  readonly scaling: { readonly min: number; readonly max: number };
  readonly healthCheck: { readonly path: string };
  readonly alarms: Readonly<Record<string, AlarmDefinition>>;
  readonly link?: readonly unknown[];
}

/** The container, its host and its alarms, the same for each service. */
export function platformService(name: string, options: ServiceOptions) {
  const cluster = sst.aws.Cluster.get("platform", "platform");
  const service = new sst.aws.Service(name, {
    cluster,
    loadBalancer: {
      domain: { name: options.hostname, dns: sst.cloudflare.dns() },
      rules: [{ listen: "443/https", forward: "8080/http" }],
      health: { "8080/http": { path: options.healthCheck.path, interval: "10 seconds" } },
    },
    scaling: options.scaling,
    link: [...(options.link ?? [])],
    environment: { SERVICE: name, STAGE: $app.stage },
  });
  for (const [alarm, definition] of Object.entries(options.alarms)) platformAlarm(service, alarm, definition);
  return service;
}
