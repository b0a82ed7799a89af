const ZONE = "platform.loop.health";

/** The host of a service in a stage; production has no stage in its name. */
export function platformHost({ service, stage }: { service: string; stage: string }): string {
  return stage === "prod" ? `${service}.${ZONE}` : `${service}.${stage}.${ZONE}`;
}
