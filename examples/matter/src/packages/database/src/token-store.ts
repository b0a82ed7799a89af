import { createHash } from "node:crypto";
import { prisma } from "./index";

type Plan = "free" | "starter" | "growth" | "enterprise";
type Mode = "live" | "sandbox" | "test";
type Tier = 1 | 2 | 3 | 4;

/** Tokens are kept as digests; a leaked table opens nothing. */
export const tokenStore = {
  async find(token: string) {
    const digest = createHash("sha256").update(token).digest("hex");
    const row = await prisma.token.findUnique({ where: { digest }, include: { organisation: true } });
    if (row === null || row.revokedAt !== null) return null;
    return {
      tokenId: row.id,
      orgId: row.orgId,
      mode: row.mode as Mode,
      plan: row.organisation.plan as Plan,
      tier: row.tier as Tier,
      scopes: new Set(row.scopes),
    };
  },
};
