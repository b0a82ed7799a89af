import { PlatformError, type Database } from "@platform/core";
import { createHash, randomBytes } from "node:crypto";
import { grants } from "./grants";

const HOUR_SECONDS = 3600;

/** Opaque tokens: what is kept is their digest. */
export class TokenService {
  constructor(private readonly db: Database) {}

  async issue(body: Record<string, unknown>) {
    const grant = await grants.redeem(this.db, body);
    if (grant === undefined) throw new PlatformError("unauthenticated", "The grant is used up or was never given.");
    const token = `lph_at_${randomBytes(24).toString("hex")}`;
    await grants.keep(this.db, digestOf(token), grant, HOUR_SECONDS);
    return { access_token: token, token_type: "bearer", expires_in: HOUR_SECONDS, scope: grant.scopes.join(" ") };
  }

  async introspect(token: string) {
    const found = await grants.byDigest(this.db, digestOf(token));
    return found === undefined ? { active: false } : { active: true, scope: found.scopes.join(" ") };
  }

  async appsOf(userId: string) {
    return grants.appsOf(this.db, userId);
  }

  async revoke(userId: string, clientId: string) {
    const count = await grants.revoke(this.db, userId, clientId);
    if (count === 0) throw new PlatformError("not_found", "The app is not connected.");
  }
}

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
