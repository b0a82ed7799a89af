import { JobRunner } from "./job-runner.service";

export const runner = new JobRunner();
