import { prisma } from "./index";

const MINUTE_MS = 60_000;

/** A fixed window per minute: simple, and a burst across the border is at most twice the limit. */
export const rateCounter = {
  async take(key: string, perMinute: number) {
    const window = Math.floor(Date.now() / MINUTE_MS);
    const { used } = await prisma.rateWindow.upsert({
      where: { key_window: { key, window } },
      create: { key, window, used: 1 },
      update: { used: { increment: 1 } },
    });
    const retryAfter = Math.ceil(((window + 1) * MINUTE_MS - Date.now()) / 1000);
    return { allowed: used <= perMinute, retryAfter };
  },
};
