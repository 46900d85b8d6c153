import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { canonicalJson } from '@duestream/contracts';
import type { HttpClient } from '../support/http';
import { pagesOf, publicEvents, storedEvents } from '../support/proof';
import type { Answered } from './doors';
import { TODAY } from './message-file';

type Json = Readonly<Record<string, unknown>>;

const LISTS = [
  'accounts',
  `aging?by=portfolio&asOf=${TODAY}`,
  `aging?by=account&asOf=${TODAY}`,
  'aging?by=segment&asOf=2026-01-15',
  'aging?by=account&asOf=2026-04-30',
  'holds',
  'waiting',
  'at-risk',
];
const FIGURES = ['exposure', 'exposure?asOf=2026-01-15', 'open-items', 'state'];
const EACH_ACCOUNT = 1_000;

/** Everything that a server says of what was sent to it, as files of lines that must be the same whatever is behind it. */
export async function gatherEvidence(
  folder: string,
  { http, databaseUrl, answered }: { http: HttpClient; databaseUrl: string; answered: readonly Answered[] },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await write(folder, 'answers', answerLines(answered));
  const accounts: string[] = [];
  for await (const { accountId } of pagesOf<{ accountId: string }>(http, `/v1/accounts?limit=${EACH_ACCOUNT}`)) {
    accounts.push(accountId);
  }
  await write(folder, 'histories', historyLines(http, accounts.sort()));
  await write(folder, 'figures', figureLines(http, accounts));
  await copyTables(folder, databaseUrl);
}

/** What differs, file by file, with the first line that does. */
export async function differencesOf(reference: string, other: string): Promise<readonly string[]> {
  const [files, others] = [await readdir(reference), await readdir(other)];
  const missing = files.filter((file) => !others.includes(file)).map((file) => `${file} is missing`);
  const found = await Promise.all(files.filter((file) => others.includes(file)).map((file) => difference(reference, other, file))); // prettier-ignore
  return [...missing, ...found.flatMap((one) => one ?? [])];
}

/** SHA-256 over all files, in the order of their names, and how many lines they have. */
export async function sumOf(folder: string): Promise<{ readonly hash: string; readonly lines: number }> {
  const hash = createHash('sha256');
  let lines = 0;
  for (const file of (await readdir(folder)).sort()) {
    hash.update(`${file}\n`);
    for await (const line of linesOf(path.join(folder, file))) {
      hash.update(`${line}\n`);
      lines += 1;
    }
  }
  return { hash: hash.digest('hex'), lines };
}

/**
 * Of each account in the order of its messages; accounts side by side have no order. Nor have the fields of an answer:
 * what it repeats of a document is as sent while that is in memory, and sorted when it comes from the store.
 */
function answerLines(answered: readonly Answered[]): readonly string[] {
  const byAccount = new Map<string, string[]>();
  for (const { accountId, answer } of answered) {
    const lines = byAccount.get(accountId) ?? [];
    byAccount.set(accountId, lines);
    const { position: _position, ...rest } = answer;
    lines.push(canonicalJson([accountId, rest]));
  }
  return [...byAccount.keys()].sort().flatMap((accountId) => byAccount.get(accountId) ?? []);
}

/** The stored bytes of `data`, what is stored beside them, and the public form. */
async function* historyLines(http: HttpClient, accounts: readonly string[]): AsyncGenerator<string> {
  for (const accountId of accounts) {
    for await (const { revision, type, data, metadata } of storedEvents(http, accountId)) {
      yield JSON.stringify([accountId, revision, type, data, comparable(JSON.parse(metadata) as Json)]);
    }
    for await (const { position: _position, id: _id, ...event } of publicEvents(http, accountId)) {
      yield JSON.stringify([accountId, comparable(event)]);
    }
  }
}

/** Without what one run has otherwise than the next: when it was recorded, ids made of chance, hashes over them, the door. */
function comparable(value: Json): Json {
  const { recordedAt: _at, commandId: _command, hash: _hash, previousHash: _previous, actor, ...rest } = value;
  const { via: _via, ...who } = actor as Json;
  return { ...rest, actor: who };
}

async function* figureLines(http: HttpClient, accounts: readonly string[]): AsyncGenerator<string> {
  for (const list of LISTS) {
    const lines: string[] = [];
    const address = `/v1/${list}${list.includes('?') ? '&' : '?'}limit=${EACH_ACCOUNT}`;
    // What came at the same instant in different accounts may stand in either order.
    for await (const item of pagesOf<Json>(http, address)) lines.push(JSON.stringify([list, item]));
    yield* lines.sort();
  }
  for (const accountId of accounts) {
    for (const what of FIGURES) {
      const { status, text } = await http.get(`/v1/accounts/${encodeURIComponent(accountId)}/${what}`);
      yield JSON.stringify([accountId, what, status, text]);
    }
  }
}

/** Every table of the live read models, less when rows were recorded and in which turn. */
async function copyTables(folder: string, connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ schema: string; table: string; left_out: string[] }>(TABLES);
    for (const { schema, table, left_out } of rows) {
      const leftOut = left_out.map((column) => `'${column}'`).join(', ');
      const line = `(to_jsonb(one) - ARRAY[${leftOut}]::text[])::text COLLATE "C"`;
      const copied = client.query(copyTo(`COPY (SELECT ${line} FROM ${schema}.${table} AS one ORDER BY 1) TO STDOUT`));
      await pipeline(copied, createWriteStream(path.join(folder, `table-${table}.txt`)));
    }
  } finally {
    await client.end();
  }
}

const TABLES = `
  SELECT table_schema AS schema, table_name AS table,
         coalesce(array_agg(column_name::text) FILTER (
           WHERE data_type = 'timestamp with time zone' OR column_name ~ '(^|_)seq$'), '{}') AS left_out
    FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
   WHERE table_schema = (SELECT 'rm_' || number FROM read_models.generations WHERE state = 'live')
     AND table_type = 'BASE TABLE' AND table_name <> 'migrations'
   GROUP BY 1, 2
   ORDER BY 2`;

async function write(folder: string, name: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const ended = async function* (): AsyncGenerator<string> {
    for await (const line of lines) yield `${line}\n`;
  };
  await pipeline(Readable.from(ended()), createWriteStream(path.join(folder, `${name}.ndjson`)));
}

async function difference(reference: string, other: string, file: string): Promise<string | null> {
  const others = linesOf(path.join(other, file))[Symbol.asyncIterator]();
  let number = 0;
  for await (const line of linesOf(path.join(reference, file))) {
    number += 1;
    const seen = await nextOf(others);
    if (seen !== line) return `${file}, line ${number}: ${around(line, seen ?? 'nothing')}`;
  }
  const more = await nextOf(others);
  return more === null ? null : `${file}, line ${number + 1}: ${more.slice(0, 300)} instead of nothing`;
}

async function nextOf(lines: AsyncIterator<string, unknown>): Promise<string | null> {
  const next = await lines.next();
  return next.done === true ? null : next.value;
}

/** Both lines from shortly before they part. */
function around(wanted: string, seen: string): string {
  let at = 0;
  while (at < wanted.length && wanted[at] === seen[at]) at += 1;
  const from = Math.max(0, at - 120);
  return `…${seen.slice(from, at + 120)}… instead of …${wanted.slice(from, at + 120)}…`;
}

function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
}
