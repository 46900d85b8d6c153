import { isDeepStrictEqual } from 'node:util';
import type { Message } from '../support/ledger';
import type { Random } from '../support/random';
import type { Run } from '../support/run';
import { dayAfter, decimal, type Day } from './book';
import { AccountCommands, type Commanded } from './commands';
import { reportOf } from './reports';
import { asError, type Given, type Moment, type Subject } from './subject';

export const FIRST_DAY: Day = '2026-01-01';
const MOST_A_DAY = 12;
const DAYS_LOOKED_AT = [-400, -90, -31, -7, -1, 0, 6, 45];
const KEPT_MESSAGES = 12;

export interface Group {
  readonly first: number;
  readonly count: number;
  readonly commandsEach: number;
}

/** Some accounts from their opening to their last command. */
export class Play {
  private readonly randoms: readonly Random[];
  private readonly accounts: readonly AccountCommands[];
  private readonly left: number[];
  private readonly latest = new Map<string, Message[]>();
  private today = FIRST_DAY;

  constructor(
    private readonly run: Run,
    private readonly subject: Subject,
    private readonly group: Group,
  ) {
    this.randoms = Array.from({ length: group.count }, (_, n) => run.random.fork(group.first + n));
    this.accounts = this.randoms.map((random, n) => new AccountCommands(`M-${group.first + n}`, random, this.today));
    this.left = this.accounts.map(() => group.commandsEach);
  }

  async toTheEnd(): Promise<void> {
    const { run, subject, group } = this;
    await this.open();
    await this.days(Math.floor(group.commandsEach / 2));
    const knownAt = new Date(Date.parse(this.today) - 1).toISOString();
    const half = { knownAt, ...this.reported() };
    await this.days(0);
    if (run.broken.length > 0) return;
    const models = this.accounts.map((account) => account.model);
    await subject.prove(run, models, [half, this.reported()]);
    for (const known of models) run.add('held at the end', known.orders.heldOrders().length);
  }

  private async open(): Promise<void> {
    const opening = this.accounts.map(({ model: { accountId: subject } }): Message => {
      const data = { name: subject, currency: 'EUR' };
      const [source, type] = ['/chaos/model', 'account.opened.v1'];
      return { specversion: '1.0', id: `open ${subject}`, source, type, subject, data };
    });
    const answers = await this.subject.send(opening);
    const areOpen = answers.every((answer) => !(answer instanceof Error) && answer.status === 'accepted');
    this.run.must('accounts are opened', areOpen);
  }

  /** Day by day, until each account has no more than `until` commands left. */
  private async days(until: number): Promise<void> {
    while (this.left.some((count) => count > until) && this.run.broken.length === 0) {
      const ofToday = this.accounts.flatMap((account, n) => this.ofDay(account, n, until));
      const answers = await this.subject.send(ofToday.map(({ message }) => message));
      for (const [index, commanded] of ofToday.entries()) this.compare(commanded, answers[index]);
      this.run.add('commands', ofToday.length);
      this.today = dayAfter(this.today, 1);
      this.subject.setNow(Date.parse(this.today));
    }
  }

  private ofDay(account: AccountCommands, n: number, until: number): readonly Commanded[] {
    const left = this.left[n] ?? 0;
    const count = Math.min(left - until, this.randoms[n]?.between(1, MOST_A_DAY) ?? 0);
    this.left[n] = left - count;
    return Array.from({ length: count }, () => account.next(this.today));
  }

  private compare({ message, expected }: Commanded, given: Given | undefined): void {
    const latest = this.latest.get(message.subject) ?? [];
    this.latest.set(message.subject, latest);
    latest.push(message);
    if (latest.length > KEPT_MESSAGES) latest.shift();
    const { status, decision, orderStatus, released } = expected;
    const exposureBefore = decision === undefined ? undefined : decimal(decision.exposureBefore);
    const wanted = { status, outcome: decision?.outcome, exposureBefore, orderStatus, released };
    const seen = seenOf(given);
    this.run.must('every answer is what the model expects', isDeepStrictEqual(seen, wanted), () => {
      const [what, was, should] = [message, seen, wanted].map((one) => JSON.stringify(one));
      return `${what}: ${was} instead of ${should}; the account's latest messages: ${JSON.stringify(latest)}`;
    });
    this.run.add(status, 1);
    if (decision !== undefined && status === 'accepted') this.run.add(`decisions: ${decision.outcome}`, 1);
    if (released > 0) this.run.add('decisions: released', released);
  }

  private reported(): Moment {
    const accounts = this.accounts.map(({ model: known }) => {
      const days = DAYS_LOOKED_AT.map((days) => reportOf(known, dayAfter(this.today, days)));
      return { accountId: known.accountId, days };
    });
    return { accounts };
  }
}

function seenOf(given: Given | undefined): object {
  if (given === undefined) return { status: 'none' };
  if (given instanceof Error) {
    return { status: 'none', error: given.message, cause: String(asError(given.cause).stack) };
  }
  if (given.status === 'refused') {
    return { status: 'refused', outcome: undefined, exposureBefore: undefined, orderStatus: undefined, released: 0 };
  }
  const { status, decision, orderStatus } = given;
  const types = 'eventTypes' in given ? given.eventTypes : [];
  const released = types.filter((type) => type === 'credit.released.v1').length;
  return { status, outcome: decision?.outcome, exposureBefore: decision?.exposureBefore.amount, orderStatus, released };
}
