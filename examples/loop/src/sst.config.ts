/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    return {
      name: "loop-platform",
      home: "aws",
      removal: input.stage === "prod" ? "retain" : "remove",
      providers: { aws: { region: "us-east-2" }, cloudflare: true },
    };
  },
  async run() {
    const { care } = await import("./services/care/infra");
    const { identity } = await import("./services/identity/infra");
    const { membership } = await import("./services/membership/infra");
    const { jobs } = await import("./services/jobs/infra");
    return { care: care.url, identity: identity.url, membership: membership.url, jobs: jobs.url };
  },
});
