import { once } from 'node:events';
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MAX_PAGE_ITEMS, type Page } from '@duestream/contracts';
import { wholeNumber, type QueryText } from './parameters';

/** The query that every list takes besides its own. */
export const PAGE_QUERY = ['cursor', 'limit'] as const;
export type PageName = (typeof PAGE_QUERY)[number];

const DEFAULT_PAGE_ITEMS = 100;

export interface PageAsked {
  readonly limit: number;
  readonly cursor?: string;
}

export interface List<Item> {
  page(asked: PageAsked): Promise<Page<Item>>;
  /** What the table shows: a name per column and what stands in it. */
  readonly columns: Columns<Item>;
}

export type Columns<Item> = Readonly<Record<string, (item: Item) => Cell>>;
export type Cell = string | number | boolean | null;

/** One page as JSON, or the whole list as CSV where that is what `Accept` prefers. */
export async function answerList<Item>(
  list: List<Item>,
  query: QueryText<PageName>,
  { headers, method }: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const limit = wholeNumber(query.limit, 'limit', 1, MAX_PAGE_ITEMS);
  const cursor = query.cursor === undefined ? {} : { cursor: query.cursor };
  if (!prefersCsv(headers.accept)) {
    await reply.send(await list.page({ limit: limit ?? DEFAULT_PAGE_ITEMS, ...cursor }));
    return;
  }
  // The first page decides whether there is a list at all; only then the answer begins.
  const first = await list.page({ limit: MAX_PAGE_ITEMS, ...cursor });
  void reply.header('content-type', 'text/csv; charset=utf-8; header=present');
  // Of HEAD the rows would all be read, and thrown away.
  await reply.send(method === 'HEAD' ? Readable.from([]) : csvOf(list, first));
}

/** `Accept` names text/csv with a higher weight than JSON. */
export function prefersCsv(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const weights = new Map(accept.split(',').map(weightOf));
  const json = weights.get('application/json') ?? weights.get('application/*') ?? weights.get('*/*') ?? 0;
  const csv = weights.get('text/csv') ?? 0;
  return csv > 0 && (csv > json || !weights.has('application/json'));
}

function weightOf(part: string): [type: string, weight: number] {
  const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = q === undefined ? 1 : Number(q.slice(2));
  return [type, Number.isFinite(weight) ? weight : 0];
}

function csvOf<Item>(list: List<Item>, first: Page<Item>): ReturnType<typeof stringify> {
  const stream = stringify({
    header: true,
    columns: Object.keys(list.columns),
    record_delimiter: '\r\n',
    cast: { boolean: String },
  });
  writeAll(stream, list, first).then(
    () => stream.end(),
    (error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return stream;
}

async function writeAll<Item>(
  stream: ReturnType<typeof stringify>,
  list: List<Item>,
  first: Page<Item>,
): Promise<void> {
  const cells = Object.values(list.columns);
  for (let page = first; ; page = await list.page({ limit: MAX_PAGE_ITEMS, cursor: page.nextCursor ?? '' })) {
    for (const item of page.items) {
      if (!stream.write(cells.map((cell) => cell(item)))) await once(stream, 'drain');
      if (stream.destroyed) return;
    }
    if (page.nextCursor === null) return;
  }
}
