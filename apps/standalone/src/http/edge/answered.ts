import type { FastifyReply } from 'fastify';
import { POSITION_HEADER, type Page } from '@duestream/contracts';
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
    if (!isFirst) return (await load(asked)).value;
    isFirst = false;
    return shown(load(asked), reply);
  };
}
