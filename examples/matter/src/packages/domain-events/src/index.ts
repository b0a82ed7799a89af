import { outbox } from "./outbox";

/** Something that happened, by ids only: events leave the system and carry no personal data. */
export interface DomainEvent {
  readonly type: string;
  readonly orgId: string;
  readonly mode: string;
  readonly subjectId: string | null;
  readonly occurredAt: Date;
}

export interface EventEmitter {
  emit(event: DomainEvent): Promise<void>;
}

/** The emitter of a running server: it hands events to the outbox, which delivers them at least once. */
export const events: EventEmitter = { emit: (event) => outbox.put(event) };
