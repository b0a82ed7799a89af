import { connect as connectBus, StringCodec, type NatsConnection } from "nats";

const seen: { name: string; payload: unknown }[] = [];

/** Send what is in the outbox to a real bus, and keep what arrives there. */
export async function drainOutbox(rows: readonly { eventName: string; payload: unknown }[]): Promise<void> {
  const bus: NatsConnection = await connectBus({ servers: process.env.BUS_URL });
  const codec = StringCodec();
  const arrivals = bus.subscribe(">", { max: rows.length });
  for (const row of rows) bus.publish(row.eventName, codec.encode(JSON.stringify(row.payload)));
  for await (const message of arrivals) {
    seen.push({ name: message.subject, payload: JSON.parse(codec.decode(message.data)) });
  }
  await bus.close();
}

/** The payloads of an event that arrived, in their order. */
export function published(name: string): unknown[] {
  return seen.filter((event) => event.name === name).map((event) => event.payload);
}
