export { ERRORS, FAMILIES } from "./registry";
export type { ErrorCode } from "./registry";
import { ERRORS, type ErrorCode } from "./registry";

/**
 * A fault with a stable code. Words for people are looked up by the code when the answer is written, so that
 * they can be translated; the parameters fill their placeholders.
 */
export class DomainError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly params: Readonly<Record<string, string>>,
  ) {
    super(code);
  }
}

/** Whether the caller was told no, as opposed to us failing. */
export const isRefusal = (error: unknown): boolean => error instanceof DomainError && ERRORS[error.code].status < 500;
