import type { Database } from "@platform/core";
import { sql } from "drizzle-orm";

export interface Grant {
  readonly userId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** The grants as rows; the token service decides what they mean. */
export const grants = {
  async redeem(db: Database, body: Record<string, unknown>): Promise<Grant | undefined> {
    const found = await db.execute(
      sql`delete from identity.codes where code = ${String(body.code)} returning user_id, client_id, scopes`,
    );
    const [row] = found.rows as { user_id: string; client_id: string; scopes: string[] }[];
    return row && { userId: row.user_id, clientId: row.client_id, scopes: row.scopes };
  },
  async keep(db: Database, digest: string, grant: Grant, seconds: number): Promise<void> {
    await db.execute(
      sql`insert into identity.tokens (digest, user_id, client_id, scopes, ends_at)
          values (${digest}, ${grant.userId}, ${grant.clientId}, ${grant.scopes}, now() + ${seconds} * interval '1 s')`,
    );
  },
  async byDigest(db: Database, digest: string): Promise<Grant | undefined> {
    const found = await db.execute(
      sql`select user_id, client_id, scopes from identity.tokens where digest = ${digest} and ends_at > now()`,
    );
    const [row] = found.rows as { user_id: string; client_id: string; scopes: string[] }[];
    return row && { userId: row.user_id, clientId: row.client_id, scopes: row.scopes };
  },
  async appsOf(db: Database, userId: string) {
    return (await db.execute(sql`select distinct client_id from identity.tokens where user_id = ${userId}`)).rows;
  },
  async revoke(db: Database, userId: string, clientId: string): Promise<number> {
    const gone = await db.execute(
      sql`delete from identity.tokens where user_id = ${userId} and client_id = ${clientId} returning digest`,
    );
    return gone.rows.length;
  },
};
