import { prisma } from "./index";

const DAY_MS = 86_400_000;

/** Answers by token and key, kept for 24 hours. */
export const idempotencyStore = {
  async read(tokenId: string, key: string) {
    const row = await prisma.idempotencyRecord.findUnique({ where: { tokenId_key: { tokenId, key } } });
    return row === null || row.expiresAt < new Date()
      ? null
      : { bodyDigest: row.bodyDigest, status: row.status, body: row.body };
  },
  async keep(tokenId: string, key: string, answer: { bodyDigest: string; status: number; body: string }) {
    const expiresAt = new Date(Date.now() + DAY_MS);
    await prisma.idempotencyRecord.upsert({
      where: { tokenId_key: { tokenId, key } },
      create: { tokenId, key, ...answer, expiresAt },
      update: { ...answer, expiresAt },
    });
  },
};
