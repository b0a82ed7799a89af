import { PlatformError } from "@platform/core";

const OPEN_AFTER = 5;
const OPEN_FOR_MS = 30_000;

interface State {
  failures: number;
  openUntil: number;
}

const states = new Map<string, State>();

/** Call a vendor, unless it failed five times in a row within the last half minute. */
export async function withCircuitBreaker<T>(vendor: string, call: () => Promise<T>): Promise<T> {
  const state = states.get(vendor) ?? { failures: 0, openUntil: 0 };
  states.set(vendor, state);
  if (state.openUntil > Date.now()) throw new PlatformError("temporarily_unavailable", `${vendor} is not called now.`);
  try {
    const answer = await call();
    state.failures = 0;
    return answer;
  } catch (cause) {
    state.failures += 1;
    if (state.failures >= OPEN_AFTER) state.openUntil = Date.now() + OPEN_FOR_MS;
    throw cause;
  }
}
