export type Advice = "reconnect" | "retry" | "mend the request" | "ask for consent" | "tell support";

/** An error of Loop: its code is stable, its description is for a developer. */
export class LoopError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    description: string,
  ) {
    super(`${code}: ${description}`);
  }

  static async of(answer: Response): Promise<LoopError> {
    const body = (await answer.json().catch(() => ({}))) as { error?: string; error_description?: string };
    return new LoopError(body.error ?? "server_error", answer.status, body.error_description ?? "no description");
  }
}

/** What we do about an error. A code that is newer than this file goes to support. */
export function adviceFor(error: LoopError): Advice {
  switch (error.code) {
    case "invalid_grant":
    case "invalid_token":
    case "unauthenticated":
      return "reconnect";
    case "rate_limited":
    case "server_error":
    case "temporarily_unavailable":
      return "retry";
    case "access_denied":
    case "insufficient_scope":
    case "invalid_scope":
      return "ask for consent";
    case "invalid_request":
    case "validation_error":
    case "unprocessable_entity":
    case "not_found":
    case "conflict":
    case "unsupported_grant_type":
    case "unsupported_response_type":
      return "mend the request";
    case "invalid_client":
    case "unauthorized_client":
    case "forbidden":
      return "tell support";
    default:
      return "tell support";
  }
}
