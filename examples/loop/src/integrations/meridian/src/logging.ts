import pino from "pino";

/** Our log. Tokens and what people wrote never get here: log ids, paths and numbers. */
export const logger = pino({ level: process.env.LOG_LEVEL ?? "info" });
