/** The codes that a service answers with; the client of a partner must know what to do with each. */
export const ERROR_STATUS = {
  validation_error: 400,
  unauthenticated: 401,
  forbidden: 403,
  insufficient_scope: 403,
  not_found: 404,
  conflict: 409,
  unprocessable_entity: 422,
  rate_limited: 429,
  temporarily_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** An error that a caller may see: a code, a sentence for a developer, and a page about the code. */
export class PlatformError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly description: string,
  ) {
    super(`${code}: ${description}`);
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }

  get body() {
    return { error: this.code, error_description: this.description, error_uri: `/errors/${this.code}` };
  }
}
