import type { KafkaMessage } from 'kafkajs';
import {
  ACTOR_HEADER,
  fieldProblem,
  inboundIdentity,
  jsonFault,
  parseInbound,
  type InboundIdentity,
  type JsonFault,
  type Problem,
} from '@duestream/contracts';
import type { InboundInContext } from './handler';

export type ReadInbound =
  | { readonly kind: 'message'; readonly identity: InboundIdentity; readonly inbound: InboundInContext }
  /** It can be answered, and the answer is no. */
  | { readonly kind: 'refused'; readonly identity: InboundIdentity; readonly problem: Problem }
  /** Nobody can be answered. */
  | { readonly kind: 'poison'; readonly reason: PoisonReason };

export interface PoisonReason {
  readonly code: string;
  readonly detail: string;
}

const ANONYMOUS = 'anonymous';

/** Reads one record of `duestream.inbound.v1`. Never throws. */
export function readInbound({ key, value, headers }: Pick<KafkaMessage, 'key' | 'value' | 'headers'>): ReadInbound {
  const text = utf8Of(value);
  if (text === null) return poison('record.not-utf8', 'The value is not UTF-8.');
  const json = jsonOf(text);
  if (json === undefined) return poison('json.invalid', 'The value is not JSON.');
  const fault = jsonFault(text, json);
  if (fault !== null && !isInsideData(fault)) return poison(fault.problem.code, fault.problem.detail);
  const read = inboundIdentity(json);
  if (!read.ok) return poison(read.problem.code, `The value is no CloudEvents 1.0 envelope: ${read.problem.detail}.`);
  const { identity } = read;
  const keyText = utf8Of(key);
  if (keyText !== identity.accountId) {
    // Another key is another partition: the account would have two writers, and no order.
    const found = key === null ? 'There is no key' : `The key is ${JSON.stringify((keyText ?? '').slice(0, 128))}`;
    return poison('record.key', `${found}; expected the subject, ${JSON.stringify(identity.accountId)}.`);
  }
  if (fault !== null) return { kind: 'refused', identity, problem: fault.problem };
  const parsed = parseInbound(json, { enforcement: 'enforce' });
  if (!parsed.ok) return { kind: 'refused', identity, problem: parsed.problem };
  const actorId = actorOf(headers);
  if (typeof actorId !== 'string') return { kind: 'refused', identity, problem: actorId };
  const { message, enforcement } = parsed;
  return { kind: 'message', identity, inbound: { message, enforcement, actorId } };
}

/** Who acts: as over HTTP, on trust until there is authentication. */
function actorOf(headers: KafkaMessage['headers']): string | Problem {
  const sent = headers?.[ACTOR_HEADER];
  if (sent === undefined) return ANONYMOUS;
  const name = String(Array.isArray(sent) ? (sent[0] ?? '') : sent).normalize('NFC');
  return fieldProblem('id', name, 'Duestream-Actor') ?? name;
}

/** Elsewhere it touches the envelope: who sent it to whom may read one way here and another way there. */
function isInsideData({ path }: JsonFault): boolean {
  return path[0] === 'data' && path.length > 1;
}

function poison(code: string, detail: string): ReadInbound {
  return { kind: 'poison', reason: { code, detail } };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8Of(bytes: Buffer | null): string | null {
  if (bytes === null) return null;
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
