import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '@duestream/application';
import { ACTOR_HEADER, IDEMPOTENCY_KEY_HEADER, problem, type Actor } from '@duestream/contracts';
import type { CommandType, Enforcement } from '@duestream/domain';
import { shapeProblem } from './http-problem';
import { checkedText, oneOf } from './parameters';

/** The source of commands that come without an envelope. */
const HTTP_SOURCE = '/http';

/** Who acts. A name is taken on trust until there is authentication. */
export function actorOf({ headers }: FastifyRequest): Actor {
  const sent = headers[ACTOR_HEADER];
  const id = sent === undefined ? 'anonymous' : checkedText('id', headerText(sent), 'Duestream-Actor');
  return { id, via: 'http', authenticated: false };
}

/**
 * By what the command is known when it comes again: the caller's own key, or one that nothing can repeat. A key counts
 * for one type, because others may have the same content: a block and its end, say.
 */
export function identityOf(
  type: CommandType,
  { headers }: FastifyRequest,
): { readonly source: string; readonly id: string; readonly keyless?: true } {
  const sent = headers[IDEMPOTENCY_KEY_HEADER];
  if (sent === undefined) return { source: HTTP_SOURCE, id: randomUUID(), keyless: true };
  return { source: `${HTTP_SOURCE}/${type}`, id: checkedText('id', headerText(sent), 'Idempotency-Key') };
}

export function contextOf(request: FastifyRequest, enforcement: Enforcement = 'enforce'): CommandContext {
  const expectedRevision = expectedRevisionOf(request);
  const context = { actor: actorOf(request), enforcement, businessDate: 'today' } as const;
  return expectedRevision === undefined ? context : { expectedRevision, ...context };
}

export function enforcementOf(text: string | undefined): Enforcement {
  return oneOf(text, ['enforce', 'observe'], 'enforcement') ?? 'enforce';
}

/** `If-Match: 17`, with or without the quotes of an entity tag; `*`: the account must exist, which commands check themselves. */
function expectedRevisionOf({ headers }: FastifyRequest): number | undefined {
  const sent = headers['if-match'];
  if (sent === undefined || sent === '*') return undefined;
  const digits = /^(?:"(\d{1,15})"|(\d{1,15}))$/.exec(sent);
  if (digits === null)
    throw shapeProblem(problem('header.invalid', 'If-Match', sent, 'an account revision such as "17"'));
  return Number(digits[1] ?? digits[2]);
}

/** Node reads headers as Latin-1; names are sent in UTF-8. */
function headerText(value: string | string[]): string {
  const text = Array.isArray(value) ? value.join(', ') : value;
  const utf8 = Buffer.from(text, 'latin1').toString('utf8');
  return (utf8.includes('\uFFFD') ? text : utf8).normalize('NFC');
}
