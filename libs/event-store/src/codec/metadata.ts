import type { Instant, LocalDate } from '@duestream/domain';
import { canonicalJson, type Actor } from '@duestream/contracts';
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
    `{"v":1,"commandId":${canonicalJson(commandId)}` +
    (correlationId === undefined ? '' : `,"correlationId":${canonicalJson(correlationId)}`) +
    `,"actor":{"id":${canonicalJson(actor.id)},"via":${canonicalJson(actor.via)},"authenticated":${actor.authenticated}}` +
    `,"recordedAt":"${recordedAt}","businessDate":"${businessDate}"`;
  const atHand = causationJson(causation);
  return (effectiveAt, cause) => {
    const isAtHand = cause.id === causation.id && cause.source === causation.source;
    const trigger = isAtHand ? '' : `,"trigger":${atHand}`;
    return `${shared},"effectiveAt":"${effectiveAt}","causation":${isAtHand ? atHand : causationJson(cause)}${trigger}}`;
  };
}

function causationJson({ source, id }: Causation): string {
  return `{"source":${canonicalJson(source)},"id":${canonicalJson(id)}}`;
}

const TEXT = '"([^"\\\\\\u0000-\\u001f]*)"';
const CAUSATION = `\\{"source":${TEXT},"id":${TEXT}\\}`;
/** What `metadataWriter` and the chain write, as long as no text in it has anything to escape. */
const AS_WRITTEN = new RegExp(
  `^\\{"v":1,"commandId":${TEXT}(?:,"correlationId":${TEXT})?` +
    `,"actor":\\{"id":${TEXT},"via":${TEXT},"authenticated":(true|false)\\}` +
    `,"recordedAt":${TEXT},"businessDate":${TEXT},"effectiveAt":${TEXT}` +
    `,"causation":${CAUSATION}(?:,"trigger":${CAUSATION})?,"hash":"([0-9a-f]{64})"\\}$`,
);

/** Metadata of a stored event with its hash, or null when it has not this shape. */
export function readMetadata(stored: string): { readonly metadata: EventMetadata; readonly hash: string } | null {
  return readAsWritten(stored) ?? readAnyJson(stored);
}

/** A third of the time of parsing it as JSON, and this is read for every event that is projected. */
function readAsWritten(stored: string): { readonly metadata: EventMetadata; readonly hash: string } | null {
  const match = AS_WRITTEN.exec(stored);
  if (match === null) return null;
  const [, commandId = '', correlationId, actorId = '', via = '', authenticated, recordedAt, businessDate] = match;
  const [effectiveAt, source = '', id = '', triggerSource, triggerId, hash = ''] = match.slice(8);
  const metadata = {
    v: 1,
    commandId,
    ...(correlationId === undefined ? {} : { correlationId }),
    actor: { id: actorId, via, authenticated: authenticated === 'true' },
    recordedAt,
    businessDate,
    effectiveAt,
    causation: { source, id },
    ...(triggerSource === undefined || triggerId === undefined
      ? {}
      : { trigger: { source: triggerSource, id: triggerId } }),
  };
  // Dates and instants were typed when they were written, as with any other stored text.
  return { metadata: metadata as unknown as EventMetadata, hash };
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
