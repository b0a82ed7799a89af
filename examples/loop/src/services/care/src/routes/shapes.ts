import { z } from "@hono/zod-openapi";

export const newCheckInShape = z.object({
  user_id: z.string(),
  mood: z.number().int().min(1).max(5),
  sleep_hours: z.number().optional(),
  note: z.string().max(2000).optional(),
});

export const checkInShape = z.object({
  id: z.string(),
  user_id: z.string(),
  mood: z.number().int(),
  sleep_hours: z.number().nullable(),
  status: z.enum(["open", "closed"]),
});

const problemShape = z.object({ error: z.string(), error_description: z.string(), error_uri: z.string() });

export const problem = { description: "What went wrong.", content: { "application/json": { schema: problemShape } } };
