import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_LIMITS } from '@duestream/application';
import { MAX_HISTORY_PAGE_BYTES } from '@duestream/audit';
import { MAX_BATCH_MESSAGES, MAX_DATA_CHARACTERS, MAX_PAGE_ITEMS, MIN_POSITION_WAIT_MS } from '@duestream/contracts';
import { loadConfig } from '@duestream/platform';
import { DEFAULT_HTTP_LIMITS } from '@duestream/http-api';

const rows = readFileSync(path.resolve(__dirname, '../../docs/limits.md'), 'utf8').split('\n');

it.each<[what: string, limit: string]>([
  ['connections of all clients', plain(DEFAULT_HTTP_LIMITS.maxConnections)],
  ['requests at once of one client', plain(DEFAULT_HTTP_LIMITS.maxRequestsPerClient)],
  ['time for a request to come whole', seconds(DEFAULT_HTTP_LIMITS.requestTimeoutMs)],
  ['time for its headers', seconds(DEFAULT_HTTP_LIMITS.headersTimeoutMs)],
  ['a connection on which nothing moves', seconds(DEFAULT_HTTP_LIMITS.stalledTimeoutMs)],
  ['address and headers together', `${DEFAULT_HTTP_LIMITS.maxHeaderBytes / 1_024} KiB`],
  ['body of one command', mebibytes(DEFAULT_HTTP_LIMITS.maxCommandBytes)],
  ['body of a batch', mebibytes(DEFAULT_HTTP_LIMITS.maxBatchBytes)],
  ['bodies of all requests at once', mebibytes(DEFAULT_HTTP_LIMITS.maxBodyBytesAtOnce)],
  ['wait for `Duestream-Min-Position`', seconds(MIN_POSITION_WAIT_MS)],
  ['messages a batch', plain(MAX_BATCH_MESSAGES)],
  ['items a page', plain(MAX_PAGE_ITEMS)],
  ['events of a page of an account’s history, as stored', mebibytes(MAX_HISTORY_PAGE_BYTES)],
  ['commands that wait, in all', plain(DEFAULT_LIMITS.maxWaiting)],
  ['commands that wait, of one account', plain(DEFAULT_LIMITS.maxWaitingPerAccount)],
  ['events of one command', `${DEFAULT_LIMITS.maxBytesPerWrite / 1_024} KiB`],
  ['memory of account states, `DUESTREAM_CACHE_MB`', mebibytes(DEFAULT_LIMITS.cacheBytes)],
  ['data as a whole', plain(MAX_DATA_CHARACTERS)],
])('docs/limits.md says of %s: %s', (what, limit) => {
  const row = rows.find((one) => one.startsWith(`| ${what}`));
  expect(row?.split('|')[2]?.trim()).toMatch(new RegExp(`^${limit}\\b`));
});

it('what a server has without configuration is what tests have', () => {
  const { http, cacheBytes } = loadConfig({});
  expect(DEFAULT_HTTP_LIMITS).toMatchObject(http.limits ?? {});
  expect(DEFAULT_LIMITS.cacheBytes).toBe(cacheBytes);
});

/** 20 000 */
function plain(limit: number): string {
  return String(limit).replace(/(?<=\d)(?=(\d{3})+$)/g, ' ');
}

function seconds(limitMs: number): string {
  return `${limitMs / 1_000} s`;
}

function mebibytes(limitBytes: number): string {
  return `${limitBytes / 1_024 / 1_024} MiB`;
}
