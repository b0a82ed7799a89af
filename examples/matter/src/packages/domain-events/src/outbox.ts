import type { DomainEvent } from "./index";

type Sink = (event: DomainEvent) => Promise<void>;

const sinks: Sink[] = [];

/** The outbox: whoever must see every event subscribes once at start. */
export const outbox = {
  subscribe(sink: Sink): void {
    sinks.push(sink);
  },
  async put(event: DomainEvent): Promise<void> {
    for (const sink of sinks) await sink(event);
  },
};
