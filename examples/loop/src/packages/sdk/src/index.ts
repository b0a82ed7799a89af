import { platformHost } from "@platform/hosts";
import { randomUUID } from "node:crypto";

export interface TransportOptions {
  readonly token?: string;
  readonly client?: string;
  readonly stage?: string;
}

const ATTEMPTS = 4;

/** A function that calls a service: with a token, a key for mutations, and a second try where that is harmless. */
export function createTransport(service: string, { token, stage = process.env.STAGE ?? "dev" }: TransportOptions) {
  const base = `https://${platformHost({ service, stage })}`;
  return async function call<T>(method: string, path: string, input?: object): Promise<T> {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": randomUUID(), ...authorized(token) };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await fetch(base + path, { method, headers, body: input && JSON.stringify(input) });
      if (answer.ok) return (await answer.json()) as T;
      if (attempt === ATTEMPTS || (answer.status !== 429 && answer.status < 500)) throw await answer.json();
      await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * 100 * (0.5 + Math.random())));
    }
  };
}

function authorized(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}
