import { EVENT_SCHEMAS, type EventName, type EventPayload } from "@platform/contracts";
import { connect as connectBus, StringCodec } from "nats";

export interface Delivered<N extends EventName> {
  readonly id: string;
  readonly name: N;
  readonly payload: EventPayload<N>;
}

/** Call a handler for each delivery of an event. What its schema refuses goes to the dead-letter queue. */
export async function subscribe<N extends EventName>(name: N, handler: (event: Delivered<N>) => Promise<void>) {
  const bus = await connectBus({ servers: process.env.BUS_URL });
  const codec = StringCodec();
  for await (const message of bus.subscribe(name, { queue: process.env.SERVICE })) {
    const { id, payload } = JSON.parse(codec.decode(message.data)) as { id: string; payload: unknown };
    const checked = EVENT_SCHEMAS[name].safeParse(payload);
    if (!checked.success) {
      bus.publish(`dead.${name}`, message.data);
      continue;
    }
    await handler({ id, name, payload: checked.data as EventPayload<N> });
  }
}
