import { setTimeout as pause } from 'node:timers/promises';
import { actOn, changedInSilence, ordersOf, type Answer, type Message } from './orders';

const url = process.env['DUESTREAM_URL'] ?? 'http://127.0.0.1:4400';
const MAX_ATTEMPTS = 10;
const FIRST_PAUSE_MS = 200;

async function main(): Promise<void> {
  const messages = ordersOf('C-2001');
  const [, , order] = messages;
  console.log('-- sent');
  for (const answer of await send(messages)) console.log(actOn(answer));
  console.log('-- sent again, as after a lost connection');
  for (const answer of await send(messages)) console.log(actOn(answer));
  console.log('-- the same order number with other content');
  if (order !== undefined) for (const answer of await send([changedInSilence(order)])) console.log(actOn(answer));
}

/** Up to 1 000 messages; one answer each, in their order. Tries again whatever is worth it: nothing takes effect twice. */
async function send(messages: readonly Message[]): Promise<readonly Answer[]> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await post(messages);
    if (response?.status === 200) return ((await response.json()) as { items: readonly Answer[] }).items;
    const isPassing = response === null || response.status === 429 || response.status >= 500;
    if (!isPassing || attempt === MAX_ATTEMPTS) throw new Error(`not taken: ${await response?.text()}`);
    await pause(waitMs(response, attempt));
  }
}

/** Null when the connection broke: what became of the messages is unknown, so they are sent again. */
async function post(messages: readonly Message[]): Promise<Response | null> {
  const headers = { 'content-type': 'application/json', 'duestream-actor': 'erp' };
  const body = JSON.stringify(messages);
  return fetch(`${url}/v1/messages`, { method: 'POST', headers, body }).catch(() => null);
}

/** As long as the server asks for; else longer each time, and not all clients at once. */
function waitMs(response: Response | null, attempt: number): number {
  const asked = Number(response?.headers.get('retry-after') ?? 0) * 1_000;
  return Math.max(asked, FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random() / 2));
}

void main();
