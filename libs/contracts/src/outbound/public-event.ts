import type { AccountId, EventDataByType, EventType, LocalDate, RecordedEvent } from '@duestream/domain';
import type { Actor } from '../http/actor';

/** What an event is published as: `duestream.order.placed.v1`. */
export type PublicEventType = `duestream.${EventType}`;

type Private = 'touched' | 'reopened' | 'contentHash';

/** `data` of a public event: what is stored, less what only the deciding side needs. */
export type PublicDataByType = {
  readonly [T in EventType]: T extends 'message.waiting.v1'
    ? Omit<EventDataByType[T], Private | 'message'> & {
        readonly message: Omit<EventDataByType[T]['message'], 'contentHash'>;
      }
    : Omit<EventDataByType[T], Private>;
};

/** A CloudEvent 1.0. Extension attributes are strings. */
export interface PublicEventOf<T extends EventType> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: '/duestream';
  readonly type: `duestream.${T}`;
  /** The account's id. */
  readonly subject: AccountId;
  /** recordedAt: when we learnt it. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly accountrevision: string;
  readonly position: string;
  readonly causationid: string;
  readonly causationsource: string;
  readonly correlationid?: string;
  /** When it counts. */
  readonly effectiveat: LocalDate;
  /** The business date of the command that wrote it. */
  readonly businessdate: LocalDate;
  readonly actorid: string;
  readonly actorvia: string;
  readonly actorauthenticated: 'true' | 'false';
  readonly data: PublicDataByType[T];
}

export type PublicEvent = { [T in EventType]: PublicEventOf<T> }[EventType];

/** What an event carries beside the domain's own: `libs/event-store` decodes it from the stored metadata. */
export interface EventEnvelope {
  readonly id: string;
  readonly causation: { readonly source: string; readonly id: string };
  readonly correlationId?: string;
  readonly actor: Actor;
}

export interface PublicEventSource {
  readonly recorded: RecordedEvent;
  readonly envelope: EventEnvelope;
  readonly position: string;
  readonly accountId: AccountId;
}

/** The public form of a stored event. On the path of every event, so it copies one object and nothing deeper. */
export function toPublicEvent({ recorded, envelope, position, accountId }: PublicEventSource): PublicEvent {
  const event = {
    specversion: '1.0',
    id: envelope.id,
    source: '/duestream',
    type: `duestream.${recorded.type}`,
    subject: accountId,
    time: recorded.recordedAt,
    datacontenttype: 'application/json',
    accountrevision: String(recorded.revision),
    position,
    causationid: envelope.causation.id,
    causationsource: envelope.causation.source,
    ...(envelope.correlationId === undefined ? {} : { correlationid: envelope.correlationId }),
    effectiveat: recorded.effectiveAt,
    businessdate: recorded.businessDate,
    actorid: envelope.actor.id,
    actorvia: envelope.actor.via,
    actorauthenticated: envelope.actor.authenticated ? 'true' : 'false',
    data: publicData(recorded),
  };
  // The compiler cannot follow that `type` and `data` come from the same member of the union.
  return event as PublicEvent;
}

/** The public form of an event's `data`, as history shows it too. */
export function publicData(recorded: Pick<RecordedEvent, 'type' | 'data'>): PublicDataByType[EventType] {
  const { touched: _touched, reopened: _reopened, ...rest } = recorded.data;
  if ('message' in rest) {
    const { contentHash: _hash, ...message } = rest.message;
    return { ...rest, message };
  }
  if (!('contentHash' in rest)) return rest;
  const { contentHash: _hash, ...published } = rest;
  return published;
}

/** The stored type of a public one: `duestream.order.placed.v1` → `order.placed.v1`. */
export function storedTypeOf<T extends EventType>(type: `duestream.${T}`): T {
  return type.slice('duestream.'.length) as T;
}
