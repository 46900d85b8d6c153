import { AccountCommands } from '../model/commands';
import type { Message } from '../support/ledger';
import type { Random } from '../support/random';
import { euros, message } from '../support/traffic';
import { STORY } from '../../e2e/support/story';

/** The business date of every leg, and the day around which the messages are dated. */
export const TODAY = '2026-03-02';

/** Of the messages, those of random lives; the rest tells the story that has every type and waits for documents. */
const LIVES_SHARE = 0.7;
const MESSAGES_A_LIFE = 250;
const LEAST_LIVES = 4;
const REPEATED_SHARE = 0.25;
const REFUSED_SHARE = 0.01;

/** At least so many messages of many accounts, mixed as they come in a day; of one seed always the same. */
export function randomMessages(random: Random, atLeast: number): readonly Message[] {
  const inLives = Math.round(atLeast * LIVES_SHARE);
  const lives = Math.max(LEAST_LIVES, Math.round(inLives / MESSAGES_A_LIFE));
  const sources = Array.from({ length: lives }, (_, n) => lifeOf(`M-${n}`, random.fork(n), Math.ceil(inLives / lives)));
  let count = sources.reduce((sum, messages) => sum + messages.length, 0);
  for (let n = 0; count < atLeast; n += 1) {
    const story = storyOf(`Ä-${n}/№`, random.fork(1_000_000 + n));
    sources.push(story);
    count += story.length;
  }
  return mixed(sources, random);
}

function lifeOf(accountId: string, random: Random, count: number): readonly Message[] {
  const commands = new AccountCommands(accountId, random, TODAY, false);
  const opening = message('life', `open ${accountId}`, 'account.opened.v1', accountId, {
    name: accountId,
    currency: 'EUR',
  });
  const rest = Array.from({ length: count - 1 }, (_, n) =>
    random.isLucky(REFUSED_SHARE) ? refused(accountId, n, random) : commands.next(TODAY).message,
  );
  return [opening, ...rest];
}

/** What has an answer, and the answer is no. */
function refused(accountId: string, n: number, random: Random): Message {
  const order = { orderId: `R-${n}`, amount: euros('12.00') };
  return random.pick([
    message('life', `no ${n}`, 'order.placed.v1', accountId, { ...order, amount: euros('12.345') }),
    message('life', `no ${n}`, 'order.dreamt.v1', accountId, order),
    message('life', `no ${n}`, 'order.placed.v1', `nobody ${accountId}`, order),
    message('life', `no ${n}`, 'order.placed.v1', accountId, { ...order, surprise: true }),
  ]);
}

/** Opened first; everything else in an order of its own, some of it twice. */
function storyOf(accountId: string, random: Random): readonly Message[] {
  const [opening, ...others] = STORY.map(([type, data], n) => message('story', `s-${n}`, type, accountId, { ...data }));
  const left = [...others];
  const told: Message[] = opening === undefined ? [] : [opening];
  while (left.length > 0) {
    const [next] = left.splice(random.between(0, left.length - 1), 1);
    if (next === undefined) break;
    told.push(next);
    if (random.isLucky(REPEATED_SHARE)) told.push(random.pick(told));
  }
  return told;
}

/** One from here, one from there; what one source says stays in its order. */
function mixed(sources: readonly (readonly Message[])[], random: Random): readonly Message[] {
  const open = sources.map((messages) => ({ messages, next: 0 }));
  const all: Message[] = [];
  while (open.length > 0) {
    const index = random.between(0, open.length - 1);
    const source = open[index];
    const next = source?.messages[source.next];
    if (source === undefined || next === undefined) open.splice(index, 1);
    else {
      source.next += 1;
      all.push(next);
    }
  }
  return all;
}
