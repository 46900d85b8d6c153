import type { AnswerList, HistoryItem, OperationLine, Page, RebuildResult, VerifyResult } from '@duestream/contracts';
import { isDeepStrictEqual } from 'node:util';
import type { Doors, HttpClient } from './http';
import type { Acknowledged, Message } from './ledger';
import type { Run } from './run';

interface Stored {
  readonly revision: number;
  readonly position: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

interface Written {
  readonly commandIds: Set<string>;
}

const AGAIN_PER_REQUEST = 200;

/** Everything that was acknowledged is there exactly once, nobody sees holes, and the read models are what it gives. */
export async function proveNothingLost(
  run: Run,
  http: Doors,
  acknowledged: readonly Acknowledged[],
  accounts: readonly string[],
): Promise<void> {
  const written = new Map<string, Written>();
  let events = 0;
  const heads = new Map<string, string>();
  for (const accountId of accounts) {
    const read = await readAccount(run, http, accountId, written);
    events += read.events;
    heads.set(accountId, read.position);
  }
  for (const { message, answer } of acknowledged) {
    const found = written.get(keyOf(message.source, message.id));
    run.must(
      'every acknowledged message is there exactly once',
      found?.commandIds.size === 1,
      () => `${message.source} ${message.id} (${answer.status}) is there ${found?.commandIds.size ?? 0} times`,
    );
  }
  run.count('acknowledged', acknowledged.length);
  run.count('events', events);
  await proveSameAnswers(run, http, acknowledged);
  for (const [accountId, position] of heads) await proveSameExposure(run, http, accountId, position);
  await proveIntact(run, http);
}

/** Sends all of them again: each is a duplicate and says what the first answer said. */
export async function proveSameAnswers(run: Run, http: Doors, acknowledged: readonly Acknowledged[]): Promise<void> {
  for (let first = 0; first < acknowledged.length; first += AGAIN_PER_REQUEST) {
    const sent = acknowledged.slice(first, first + AGAIN_PER_REQUEST);
    const { items } = await jsonOf<AnswerList>(
      http.post(
        '/v1/messages',
        sent.map(({ message }) => message),
      ),
    );
    for (const [index, { message, answer }] of sent.entries()) {
      const again = items[index];
      const isSame = again?.status === 'duplicate' && isDeepStrictEqual(again.decision, answer.decision);
      run.must(
        'every message sent again is answered the same',
        isSame,
        () => `${message.id}: first ${JSON.stringify(answer)}, then ${JSON.stringify(again)}`,
      );
    }
  }
  run.count('sent again', acknowledged.length);
}

async function readAccount(
  run: Run,
  http: Doors,
  accountId: string,
  written: Map<string, Written>,
): Promise<{ readonly events: number; readonly position: string }> {
  let next = 0;
  let [lastRecordedAt, lastPosition] = ['', ''];
  const orders = new Map<string, number>();
  for await (const { revision, position, type, data, metadata } of storedEvents(http, accountId)) {
    run.must('revisions have no hole', revision === next, () => `${accountId} has ${revision} where ${next} belongs`);
    next = revision + 1;
    const { commandId, causation, trigger, recordedAt } = JSON.parse(metadata) as StoredMetadata;
    run.must('recordedAt never decreases within an account', recordedAt >= lastRecordedAt, () => accountId);
    [lastRecordedAt, lastPosition] = [recordedAt, position];
    if (trigger === undefined) add(written, keyOf(causation.source, causation.id), commandId);
    if (type.startsWith('order.placed.')) {
      const { orderId = '' } = JSON.parse(data) as { orderId?: string };
      orders.set(orderId, (orders.get(orderId) ?? 0) + 1);
    }
  }
  const doubled = [...orders].filter(([, times]) => times > 1);
  run.must('every order is placed once', doubled.length === 0, () => `${accountId}: ${JSON.stringify(doubled)}`);
  return { events: next, position: lastPosition };
}

interface StoredMetadata {
  readonly commandId: string;
  readonly causation: { readonly source: string; readonly id: string };
  readonly trigger?: object;
  readonly recordedAt: string;
}

/** All events of an account as they are stored. */
export async function* storedEvents(http: Doors, accountId: string): AsyncGenerator<Stored> {
  yield* pagesOf<Stored>(http, `/v1/accounts/${encodeURIComponent(accountId)}/history?stored=true&limit=1000`);
}

export async function* publicEvents(http: Doors, accountId: string): AsyncGenerator<HistoryItem> {
  yield* pagesOf<HistoryItem>(http, `/v1/accounts/${encodeURIComponent(accountId)}/history?limit=1000`);
}

/** All items of a list; the address names how many a page has. */
export async function* pagesOf<Item>(http: Doors, address: string): AsyncGenerator<Item> {
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page<Item> = await jsonOf(http.get(`${address}${cursor === '' ? '' : `&cursor=${cursor}`}`));
    yield* page.items;
    cursor = page.nextCursor;
  }
}

/** The read model's exposure is that of the account's events. */
async function proveSameExposure(run: Run, http: Doors, accountId: string, position: string): Promise<void> {
  const address = `/v1/accounts/${encodeURIComponent(accountId)}`;
  const headers = { 'duestream-min-position': position };
  const shown = await jsonOf<{ total: string }>(http.get(`${address}/exposure`, { headers }));
  const { exposure } = await jsonOf<{ exposure: { amount: string } }>(http.get(`${address}/state`));
  run.must(
    'the read model shows the exposure that the events give',
    shown.total === exposure.amount,
    () => `${accountId}: ${shown.total} instead of ${exposure.amount}`,
  );
}

/** No hash is wrong, and read models that are built anew are equal to the live ones. */
export async function proveIntact(run: Run, http: Doors): Promise<void> {
  const verified = await operation<VerifyResult>(http, 'verify');
  run.must('the history is intact', verified.intact, () => JSON.stringify(verified.findings.slice(0, 3)));
  const rebuilt = await operation<RebuildResult>(http, 'rebuild');
  const unequal = rebuilt.models.filter(({ equal }) => !equal);
  run.must('read models built anew equal the live ones', unequal.length === 0, () => JSON.stringify(unequal));
  run.count('read-model rows compared with a rebuild', rebuilt.models.reduce((sum, { rows }) => sum + rows, 0)); // prettier-ignore
}

async function operation<Result>(http: Doors, name: string): Promise<Result> {
  const { text } = await http.post(`/v1/operations/${name}`, {}, { timeoutMs: 1_800_000 });
  const last = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '{}') as OperationLine<Result>;
  if (!('result' in last)) throw new Error(`${name} gave no result: ${text.slice(-500)}`);
  return last.result;
}

export async function jsonOf<T>(answering: ReturnType<HttpClient['get']>): Promise<T> {
  const { status, text } = await answering;
  if (status !== 200) throw new Error(`expected 200, got ${status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}

function add(written: Map<string, Written>, key: string, commandId: string): void {
  const known = written.get(key);
  if (known === undefined) written.set(key, { commandIds: new Set([commandId]) });
  else known.commandIds.add(commandId);
}

function keyOf(source: Message['source'], id: string): string {
  return JSON.stringify([source, id]);
}
