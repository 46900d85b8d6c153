import { randomUUID } from 'node:crypto';
import { Partitioners } from 'kafkajs';
import type { Answer, AnswerEvent } from '@duestream/contracts';
import { kafkaAsConfigured, type KafkaConnection } from '@duestream/event-feed';
import { readTopic } from '@duestream/event-feed/testing';
import type { Cluster } from './cluster';

const ORDER_OVER_HTTP = '400.00';
const ORDER_OVER_KAFKA = '250.00';
const BOTH = '650.00';

/** Orders through both doors, the answers to them, and the exposure that they give. Rejects when something is not as it must be. */
export async function tellStory(cluster: Cluster, say: (line: string) => void): Promise<void> {
  const [api, queries] = [await cluster.url('api'), await cluster.url('queries')];
  const kafka = kafkaAsConfigured(cluster.config.feed.kafka, () => undefined);
  const accountId = `C-${randomUUID()}`;
  const opened = await post<{ readonly items: readonly Answer[] }>(`${api}/v1/messages`, [
    message('account.opened.v1', accountId, { name: 'Ada & Co', currency: 'EUR' }),
    message('limit.set.v1', accountId, { amount: euros('1000.00'), validFrom: '2020-01-01' }),
  ]);
  mustBe('accepted', opened.items.map(({ status }) => status).join(), 'accepted,accepted');

  const order = { orderId: 'SO-1', amount: euros(ORDER_OVER_HTTP) };
  const placed = await post<Answer>(`${api}/v1/accounts/${accountId}/orders`, order);
  say(`api: order SO-1 of ${ORDER_OVER_HTTP} is ${placed.orderStatus}`);
  mustBe('the order over HTTP', placed.orderStatus, 'approved');
  await mustShow(queries, accountId, placed.position, ORDER_OVER_HTTP, say);

  const sent = message('order.placed.v1', accountId, {
    orderId: 'SO-2',
    amount: euros(ORDER_OVER_KAFKA),
    orderDate: '2026-03-02',
  });
  await produce(kafka, accountId, sent);
  const answer = await answerTo(kafka, sent.id);
  say(`intake: order SO-2 of ${ORDER_OVER_KAFKA} is ${answer.orderStatus}`);
  mustBe('the order over Kafka', answer.orderStatus, 'approved');
  await mustShow(queries, accountId, answer.position, BOTH, say);
}

interface Message {
  readonly id: string;
}

function message(type: string, subject: string, data: object): Message {
  return { specversion: '1.0', id: randomUUID(), source: '/cluster', type, subject, data } as Message;
}

function euros(amount: string): { readonly amount: string; readonly currency: string } {
  return { amount, currency: 'EUR' };
}

async function post<Body>(url: string, body: unknown): Promise<Body> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as Body;
}

/** Waits for the read models to have the answer's position, whatever process brings them there. */
async function mustShow(
  queries: string,
  accountId: string,
  position: string | null,
  total: string,
  say: (line: string) => void,
): Promise<void> {
  const headers = { 'duestream-min-position': position ?? '' };
  const response = await fetch(`${queries}/v1/accounts/${accountId}/exposure`, { headers });
  const shown = (await response.json()) as { readonly total?: string };
  say(`queries: the exposure is ${shown.total}`);
  mustBe('the exposure', shown.total, total);
}

async function produce({ kafka, topics }: KafkaConnection, key: string, value: object): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true });
  await producer.connect();
  try {
    await producer.send({ topic: topics.inbound, acks: -1, messages: [{ key, value: JSON.stringify(value) }] });
  } finally {
    await producer.disconnect();
  }
}

async function answerTo({ kafka, topics }: KafkaConnection, messageId: string): Promise<Answer> {
  let found: Answer | null = null;
  await readTopic(kafka, topics.answers, (records) => {
    const answers = records.map(({ value }) => JSON.parse(value?.toString() ?? '') as AnswerEvent);
    found = answers.find(({ data }) => data.id === messageId)?.data ?? null;
    return found !== null;
  });
  if (found === null) throw new Error(`no answer to ${messageId}`);
  return found;
}

function mustBe(what: string, is: string | undefined, wanted: string): void {
  if (is !== wanted) throw new Error(`${what}: ${is} instead of ${wanted}`);
}
