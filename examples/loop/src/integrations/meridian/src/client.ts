import { config } from "./config";
import { LoopError } from "./errors";
import { logger } from "./logging";
import { refreshTokens, type Tokens } from "./oauth";

const ATTEMPTS = 5;
const BASE_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** Calls of one person's connection. `keep` stores new tokens as soon as there are any. */
export class LoopClient {
  constructor(
    private tokens: Tokens,
    private readonly keep: (tokens: Tokens) => Promise<void>,
  ) {}

  async createCheckIn(input: { user_id: string; mood: number }, key: string) {
    return this.call("POST", "/v1/check-ins", input, { "Idempotency-Key": key });
  }

  async getCheckIn(id: string) {
    return this.call("GET", `/v1/check-ins/${id}`);
  }

  private async call(method: string, path: string, input?: object, headers: Record<string, string> = {}) {
    let refreshed = false;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.send(method, path, input, headers);
      if (answer.ok) return answer.json();
      if (answer.status === 401 && !refreshed) {
        refreshed = true;
        this.tokens = await refreshTokens(this.tokens.refresh_token);
        await this.keep(this.tokens);
        continue;
      }
      if (answer.status !== 429 || attempt === ATTEMPTS) throw await LoopError.of(answer);
      const delay = retryDelay(attempt, answer.headers.get("Retry-After"));
      logger.info({ path, attempt, delay }, "rate limited");
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }

  private send(method: string, path: string, input: object | undefined, headers: Record<string, string>) {
    return fetch(config.base + path, {
      method,
      headers: { ...headers, "Content-Type": "application/json", Authorization: `Bearer ${this.tokens.access_token}` },
      body: input && JSON.stringify(input),
    });
  }
}

/** How long to wait: what Loop asks for, or twice as long each time, and a random part on top of both. */
export function retryDelay(attempt: number, retryAfter: string | null): number {
  const asked = Number(retryAfter ?? 0) * 1000;
  const ours = Math.min(BASE_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS);
  return Math.max(asked, ours) + Math.random() * ours;
}
