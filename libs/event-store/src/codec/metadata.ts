import { quoted, type Instant, type LocalDate } from '@duestream/domain';
import type { Actor } from '@duestream/contracts';
import { splitHash } from './hash-chain';

/** The message that something answers. */
export interface Causation {
  readonly source: string;
  readonly id: string;
}

/** What all events of one command share. */
export interface CommandMetadata {
  readonly commandId: string;
  readonly correlationId?: string;
  /** The message at hand. An event's own may be an earlier one, which had waited. */
  readonly causation: Causation;
  readonly actor: Actor;
  readonly recordedAt: Instant;
  readonly businessDate: LocalDate;
}

/** Metadata of one stored event, without its hash. */
export interface EventMetadata extends CommandMetadata {
  readonly effectiveAt: LocalDate;
  /** The message at hand, where `causation` names an earlier one that the event answers. */
  readonly trigger?: Causation;
}

/** JSON text of metadata, less its hash. Written by hand: most of it is the same for all events of a command. */
export function metadataWriter(command: CommandMetadata): (effectiveAt: LocalDate, cause: Causation) => string {
  const { commandId, correlationId, causation, actor, recordedAt, businessDate } = command;
  const shared =
    `{"v":1,"commandId":${quoted(commandId)}` +
    (correlationId === undefined ? '' : `,"correlationId":${quoted(correlationId)}`) +
    `,"actor":{"id":${quoted(actor.id)},"via":${quoted(actor.via)},"authenticated":${actor.authenticated}}` +
    `,"recordedAt":"${recordedAt}","businessDate":"${businessDate}"`;
  const atHand = causationJson(causation);
  return (effectiveAt, cause) => {
    const isAtHand = cause.id === causation.id && cause.source === causation.source;
    const trigger = isAtHand ? '' : `,"trigger":${atHand}`;
    return `${shared},"effectiveAt":"${effectiveAt}","causation":${isAtHand ? atHand : causationJson(cause)}${trigger}}`;
  };
}

function causationJson({ source, id }: Causation): string {
  return `{"source":${quoted(source)},"id":${quoted(id)}}`;
}

/** What a JSON text writes otherwise than it is, or must not hold. */
const ESCAPED_OR_CONTROL = /[\\\u0000-\u001f]/;
const AUTHENTICATED = '","authenticated":true},"recordedAt":"';
const NOT_AUTHENTICATED = '","authenticated":false},"recordedAt":"';
const HASH = /^[0-9a-f]{64}$/;

/** Metadata of a stored event with its hash, or null when it has not this shape. */
export function readMetadata(stored: string): { readonly metadata: EventMetadata; readonly hash: string } | null {
  return readAsWritten(stored) ?? readAnyJson(stored);
}

/**
 * What `metadataWriter` and the chain write, as long as no text in it has anything to escape. A fifth of the time of
 * parsing it as JSON, and this is read for every event that is projected.
 */
function readAsWritten(stored: string): { readonly metadata: EventMetadata; readonly hash: string } | null {
  if (ESCAPED_OR_CONTROL.test(stored)) return null;
  const rest = new Rest(stored);
  const commandId = rest.textAfter('{"v":1,"commandId":"');
  const correlationId = rest.begins('","correlationId":"') ? rest.textAfter('","correlationId":"') : undefined;
  const actorId = rest.textAfter('","actor":{"id":"');
  const via = rest.textAfter('","via":"');
  const authenticated = rest.begins('","authenticated":true');
  const recordedAt = rest.textAfter(authenticated ? AUTHENTICATED : NOT_AUTHENTICATED);
  const businessDate = rest.textAfter('","businessDate":"');
  const effectiveAt = rest.textAfter('","effectiveAt":"');
  const causation = { source: rest.textAfter('","causation":{"source":"'), id: rest.textAfter('","id":"') };
  const trigger = rest.begins('"},"trigger":{"source":"')
    ? { source: rest.textAfter('"},"trigger":{"source":"'), id: rest.textAfter('","id":"') }
    : undefined;
  const hash = rest.textAfter('"},"hash":"');
  if (!rest.is('"}') || !HASH.test(hash)) return null;
  const metadata = {
    v: 1,
    commandId,
    ...(correlationId === undefined ? {} : { correlationId }),
    actor: { id: actorId, via, authenticated },
    recordedAt,
    businessDate,
    effectiveAt,
    causation,
    ...(trigger === undefined ? {} : { trigger }),
  };
  // Dates and instants were typed when they were written, as with any other stored text.
  return { metadata: metadata as unknown as EventMetadata, hash };
}

/** A text that is read from its start, as long as it goes on as expected. */
class Rest {
  private at = 0;

  constructor(private readonly text: string) {}

  begins(expected: string): boolean {
    return this.at >= 0 && this.text.startsWith(expected, this.at);
  }

  /** What stands between the expected, which ends in a quote, and the next quote. */
  textAfter(expected: string): string {
    const from = this.begins(expected) ? this.at + expected.length : -1;
    this.at = from < 0 ? -1 : this.text.indexOf('"', from);
    return this.at < 0 ? '' : this.text.slice(from, this.at);
  }

  is(expected: string): boolean {
    return this.begins(expected) && this.at + expected.length === this.text.length;
  }
}

function readAnyJson(stored: string): { readonly metadata: EventMetadata; readonly hash: string } | null {
  const hash = splitHash(stored)?.hash;
  const metadata = parseMetadata(stored);
  return hash === undefined || metadata === null ? null : { metadata, hash };
}

/** Metadata of a stored event's JSON text, or null when it has not this shape. */
export function parseMetadata(text: string): EventMetadata | null {
  const value = parseObject(text);
  return value !== null && isMetadata(value) ? value : null;
}

export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isMetadata(value: object): value is EventMetadata {
  const { v, commandId, correlationId, causation, trigger, actor, recordedAt, businessDate, effectiveAt } =
    value as Readonly<Record<string, unknown>>;
  return (
    v === 1 &&
    [commandId, recordedAt, businessDate, effectiveAt].every(isText) &&
    (correlationId === undefined || isText(correlationId)) &&
    isCausation(causation) &&
    (trigger === undefined || isCausation(trigger)) &&
    isActor(actor)
  );
}

function isCausation(value: unknown): value is Causation {
  return isObject(value) && isText(value['source']) && isText(value['id']);
}

function isActor(value: unknown): value is Actor {
  return isObject(value) && isText(value['id']) && isText(value['via']) && typeof value['authenticated'] === 'boolean';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
