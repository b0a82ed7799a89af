import { createHash } from "node:crypto";
import { prisma } from "./index";

interface Entry {
  readonly orgId: string;
  readonly mode: string;
  readonly actor: string;
  readonly action: string;
  readonly requestId: string;
  readonly outcome: string;
}

/**
 * Append to the audit chain of an organisation and mode. The row lock makes writers queue; each entry carries the
 * digest of the one before, so a missing or changed entry shows.
 */
export async function appendEntry(entry: Entry): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const [last] = await tx.$queryRaw<{ digest: string }[]>`
      SELECT digest FROM audit_entries
      WHERE org_id = ${entry.orgId} AND mode = ${entry.mode}
      ORDER BY position DESC LIMIT 1 FOR UPDATE`;
    const digest = createHash("sha256")
      .update(`${last?.digest ?? ""}\n${JSON.stringify(entry)}`)
      .digest("hex");
    await tx.auditEntry.create({ data: { ...entry, digest } });
  });
}

export const auditChain = { append: appendEntry };
