import type { FastifyReply } from 'fastify';
import { POSITION_HEADER, problem, type Page } from '@duestream/contracts';
import { shapeProblem } from './http-problem';
import type { PageAsked } from './lists';

/** What the read models answer: a value, and the position of the event store that it shows. */
interface Answered<Value> {
  readonly position: string | null;
  readonly value: Value;
}

/** The value; its position goes into the header. */
export async function shown<Value>(answering: Promise<Answered<Value>>, reply: FastifyReply): Promise<Value> {
  const { position, value } = await answering;
  if (position !== null) void reply.header(POSITION_HEADER, position);
  return value;
}

/** Pages of which the first puts its position into the header. */
export function shownPages<Item>(
  load: (asked: PageAsked) => Promise<Answered<Page<Item>>>,
  reply: FastifyReply,
): (asked: PageAsked) => Promise<Page<Item>> {
  let isFirst = true;
  return async (asked) => {
    const answering = load(asked).catch((error: unknown) => {
      if (asked.cursor === undefined || !isDataError(error)) throw error;
      throw shapeProblem(problem('cursor.unreadable', 'cursor', asked.cursor, 'the nextCursor of the page before'));
    });
    if (!isFirst) return (await answering).value;
    isFirst = false;
    return shown(answering, reply);
  };
}

/** SQLSTATE class 22: a cursor made by hand holds what its column can't. Everything else was checked before. */
function isDataError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('22');
}
