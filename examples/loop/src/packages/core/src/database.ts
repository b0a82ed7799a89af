import { drizzle } from "drizzle-orm/node-postgres";
import { Pool } from "pg";

/** A pool of connections to the cluster of this stage; a service sees its own schema alone. */
export function connect(schema: Record<string, unknown>) {
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
  return drizzle(pool, { schema, casing: "snake_case" });
}

export type Database = ReturnType<typeof connect>;
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];
