import {
  parseInstant,
  type AccountId,
  type CommandDataByType,
  type CommandType,
  type Enforcement,
  type InboundMessage,
  type MessageType,
} from '@duestream/domain';
import { canonicalJson, sha256Hex } from '../canonical-json';
import { compileSchema, type Validator } from '../schema/compile';
import { problem, problemOfSchemaError, type Problem } from '../schema/problem';
import { schemaOfData } from '../schema/files';
import { documentChecks } from './checks';
import { envelopeSchema, type InboundEnvelope } from './envelope';
import { inboundTypes } from './schemas';

export interface InboundDefaults {
  /** For messages that do not say themselves. */
  readonly enforcement: Enforcement;
}

export type ParsedMessage =
  | { readonly ok: true; readonly message: InboundMessage; readonly enforcement: Enforcement }
  | {
      readonly ok: false;
      readonly problem: Problem;
      /** The message's own, where it could be read. */ readonly id: string | null;
    };

export interface CommandContent<T extends CommandType> {
  readonly data: CommandDataByType[T];
  /** SHA-256 (hex) of the canonical JSON of `data` as sent, without `enforcement`. */
  readonly contentHash: string;
  /** What the data itself asks for. */
  readonly enforcement?: Enforcement;
}

export type ParsedData<T extends CommandType> =
  { readonly ok: true; readonly content: CommandContent<T> } | { readonly ok: false; readonly problem: Problem };

/** The largest `data`, in characters of its canonical JSON. */
export const MAX_DATA_CHARACTERS = 256 * 1024;

const MAX_ECHOED_ID_CHARACTERS = 256;

/** An inbound message from JSON that anybody may have written. Never throws. */
export function parseInbound(value: unknown, defaults: InboundDefaults): ParsedMessage {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { ok: false, problem: problem('message.not-an-object', '', value, 'a CloudEvents 1.0 object'), id: null };
  }
  if (!isEnvelope(value)) return { ok: false, problem: envelopeProblem(value), id: readableId(value) };
  const type = messageTypes.get(value.type);
  if (type === undefined) throw new Error(`the envelope's schema let the type ${value.type} pass`);
  const parsed = parseData(type, value.data, 'data');
  if (!parsed.ok) return { ok: false, problem: parsed.problem, id: value.id };
  const { data, contentHash, enforcement } = parsed.content;
  const time = typeof value.time === 'string' ? parseInstant(value.time) : null;
  const message = {
    type,
    accountId: value.subject as AccountId,
    source: value.source,
    id: value.id,
    ...(time === null ? {} : { time }),
    data,
    contentHash,
  };
  // `data` has passed the schema of `type`; the compiler cannot follow that across the union.
  return { ok: true, message: message as InboundMessage, enforcement: enforcement ?? defaults.enforcement };
}

/**
 * The same rules for `data` alone, for commands that come without an envelope (REST). Fields in problems are named
 * from `data`: `amount.currency`.
 */
export function parseCommandData<T extends CommandType>(type: T, data: unknown): ParsedData<T> {
  return parseData(type, data, '');
}

const messageTypes: ReadonlyMap<string, MessageType> = new Map(inboundTypes.map((type) => [type, type]));
const validators = new Map<CommandType, Validator>();
let envelopeValidator: Validator | undefined;

function parseData<T extends CommandType>(type: T, sent: unknown, under: string): ParsedData<T> {
  const validate = validatorOf(type);
  if (!validate(sent)) return { ok: false, problem: firstProblem(validate, under) };
  const { enforcement, data } = withoutEnforcement(sent as CommandDataByType[T]);
  const fault = documentChecks[type]?.(data) ?? null;
  if (fault !== null) return { ok: false, problem: placedUnder(under, fault) };
  const canonical = canonicalJson(data);
  if (canonical.length > MAX_DATA_CHARACTERS) {
    return {
      ok: false,
      problem: problem('message.too-large', under, canonical.length, `at most ${MAX_DATA_CHARACTERS} characters`),
    };
  }
  const content = { data, contentHash: sha256Hex(canonical), ...(enforcement === undefined ? {} : { enforcement }) };
  return { ok: true, content };
}

/** How a decision is to be enforced is not part of what is said: the same order in either mode is the same order. */
function withoutEnforcement<D extends object>(sent: D): { readonly data: D; readonly enforcement?: Enforcement } {
  if (!('enforcement' in sent)) return { data: sent };
  const { enforcement, ...data } = sent;
  return { data: data as D, ...(enforcement === undefined ? {} : { enforcement: enforcement as Enforcement }) };
}

function isEnvelope(value: object): value is InboundEnvelope {
  envelopeValidator ??= compileSchema(envelopeSchema);
  return envelopeValidator(value);
}

function envelopeProblem(value: object): Problem {
  const type: unknown = Reflect.get(value, 'type');
  const found = envelopeValidator === undefined ? null : firstProblem(envelopeValidator, '');
  if (found?.field === 'type' && typeof type === 'string') return { ...found, code: 'message.unknown-type' };
  return found ?? problem('message.not-an-object', '', value, 'a CloudEvents 1.0 object');
}

function validatorOf(type: CommandType): Validator {
  const known = validators.get(type);
  if (known !== undefined) return known;
  const compiled = compileSchema(schemaOfData(type));
  validators.set(type, compiled);
  return compiled;
}

function firstProblem(validate: Validator, under: string): Problem {
  const [first] = validate.errors ?? [];
  if (first === undefined) throw new Error('a validator refused without an error');
  const last = validate.errors?.at(-1) ?? first;
  // `oneOf` comes last, after the errors of its alternatives.
  return problemOfSchemaError(last.keyword === 'oneOf' ? last : first, under);
}

function placedUnder(under: string, fault: Problem): Problem {
  if (under === '') return fault;
  return { ...fault, field: `${under}.${fault.field}`, detail: `${under}.${fault.detail}` };
}

function readableId(value: object): string | null {
  const id: unknown = Reflect.get(value, 'id');
  return typeof id === 'string' && id.length <= MAX_ECHOED_ID_CHARACTERS ? id : null;
}
