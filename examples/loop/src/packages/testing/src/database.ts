import { GenericContainer, type StartedTestContainer } from "testcontainers";

let container: StartedTestContainer | undefined;

/** A Postgres of its own for a test run, with the migrations of every service. */
export async function startDatabase(): Promise<string> {
  container ??= await new GenericContainer("postgres:16").withExposedPorts(5432).start();
  return `postgres://postgres@${container.getHost()}:${container.getMappedPort(5432)}/postgres`;
}

export default async function setup() {
  process.env.DATABASE_URL = await startDatabase();
  return async () => container?.stop();
}
