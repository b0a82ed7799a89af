import { createClient } from "redis";

type Begun =
  | { state: "new"; id: string }
  | { state: "other body" }
  | { state: "answered"; status: number; body: string };

const redis = createClient({ url: process.env.REDIS_URL });
const DAY_SECONDS = 86_400;

/** What was answered under a key, kept for a day. */
export const store = {
  async begin(id: string, body: string): Promise<Begun> {
    const isNew = await redis.set(`idem:${id}`, JSON.stringify({ body }), { NX: true, EX: DAY_SECONDS });
    if (isNew !== null) return { state: "new", id };
    const kept = JSON.parse((await redis.get(`idem:${id}`)) ?? "{}") as { body: string; status?: number; text?: string };
    if (kept.body !== body) return { state: "other body" };
    return { state: "answered", status: kept.status ?? 409, body: kept.text ?? "{}" };
  },
  async end(id: string, status: number, text: string): Promise<void> {
    const kept = JSON.parse((await redis.get(`idem:${id}`)) ?? "{}") as { body: string };
    await redis.set(`idem:${id}`, JSON.stringify({ ...kept, status, text }), { EX: DAY_SECONDS });
  },
};
