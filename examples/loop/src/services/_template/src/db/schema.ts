import { pgSchema } from "drizzle-orm/pg-core";

export const template = pgSchema("_template");
