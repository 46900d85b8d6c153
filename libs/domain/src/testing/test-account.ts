import { createHash } from 'node:crypto';
import { NO_EXCHANGE_RATES, type DecisionContext } from '../account/context';
import { decide } from '../account/decide';
import type { AccountId } from '../account/documents';
import type { Category, Move, RecordedEvent } from '../account/events';
import { evolve } from '../account/evolve';
import type { Command, CommandDataByType, CommandType, Enforcement } from '../account/messages';
import { needs, withLoaded } from '../account/needs';
import type { Result } from '../account/result';
import { initialState, type AccountState } from '../account/state';
import type { Currency } from '../money/currencies';
import { decimalOf, minorOf } from '../money/money';
import { DEFAULT_POLICY, policyBook, type Policy } from '../policy/policy';
import { instantOfMillis, parseInstant, type Instant } from '../time/instant';
import { LAST_DATE, type LocalDate } from '../time/local-date';

export const day = (text: string): LocalDate => text as LocalDate;
export const eur = (amount: string): { amount: string; currency: string } => ({ amount, currency: 'EUR' });

const DAY_ZERO = Date.UTC(2026, 0, 1);

/** One account with the shell around it that the domain asks for: loads what is needed, records what was decided. */
export class TestAccount {
  state: AccountState = initialState('C-1' as AccountId);
  readonly events: RecordedEvent[] = [];
  businessDate = day('2026-03-01');
  enforcement: Enforcement = 'enforce';
  policy: Policy = DEFAULT_POLICY;
  private sent = 0;

  /** An open account in EUR, with a limit if one is given. */
  static opened(limit?: string, currency = 'EUR'): TestAccount {
    const account = new TestAccount();
    account.send('account.opened.v1', { name: 'Ada Ltd', currency });
    if (limit !== undefined) account.send('limit.set.v1', { amount: { amount: limit, currency } });
    return account;
  }

  send<T extends CommandType>(type: T, data: CommandDataByType[T], id?: string, time?: string): Result {
    return this.run(this.commandOf(type, data, id, time));
  }

  private commandOf<T extends CommandType>(type: T, data: CommandDataByType[T], id?: string, time?: string): Command {
    const command = {
      type,
      accountId: this.state.accountId,
      source: '/test',
      id: id ?? `m-${++this.sent}`,
      data,
      contentHash: createHash('sha256').update(JSON.stringify(data)).digest('hex'),
      ...(time === undefined ? {} : { time: parseInstant(time) as Instant }),
    };
    return command as unknown as Command;
  }

  /** As `send`, from somebody who gives no id: what repeats the last one says nothing new. */
  sendKeyless<T extends CommandType>(type: T, data: CommandDataByType[T]): Result {
    return this.run({ ...this.commandOf(type, data), keyless: true });
  }

  run(command: Command): Result {
    const context = this.context();
    const result = decide(command, this.prepared(command), context);
    if (result.status === 'accepted' || result.status === 'waiting') {
      for (const event of result.events) {
        const { recordedAt, businessDate } = context;
        this.record({ ...event, revision: this.events.length, recordedAt, businessDate });
      }
    }
    return result;
  }

  /** The sum of the category's moves up to a day, as a decimal; everything recorded when no day is given. */
  figure(category: Category, asOf: string = LAST_DATE, currency = 'EUR'): string {
    return decimalOf(
      sum(this.moves(), (move) => move.category === category && move.currency === currency, asOf),
      currency as Currency,
    );
  }

  /** What is open of a document, or of one of its instalments. */
  open(number: string, item?: number, asOf: string = LAST_DATE): string {
    const of = (move: Move): boolean =>
      ['receivables', 'unappliedCash', 'creditNotes'].includes(move.category) &&
      move.document.number === number &&
      (item === undefined || move.item === item);
    return decimalOf(sum(this.moves(), of, asOf), 'EUR' as Currency);
  }

  moves(): Move[] {
    return this.events.flatMap((event) => event.data.moves ?? []);
  }

  types(): string[] {
    return this.events.map((event) => event.type);
  }

  private context(): DecisionContext {
    return {
      businessDate: this.businessDate,
      recordedAt: instantOfMillis(DAY_ZERO + this.events.length * 1000),
      enforcement: this.enforcement,
      policies: policyBook(this.policy, (policy) => createHash('sha256').update(JSON.stringify(policy)).digest('hex')),
      rates: NO_EXCHANGE_RATES,
    };
  }

  private prepared(command: Command): AccountState {
    let state = this.state;
    for (;;) {
      const revisions = needs(command, state);
      if (revisions.length === 0) return state;
      state = withLoaded(
        state,
        this.events.filter((event) => revisions.includes(event.revision)),
      );
    }
  }

  private record(event: RecordedEvent): void {
    // Through JSON, as a store would give it back.
    const stored = JSON.parse(JSON.stringify(event)) as RecordedEvent;
    this.events.push(stored);
    this.state = evolve(this.state, stored);
  }
}

function sum(moves: readonly Move[], wanted: (move: Move) => boolean, asOf: string): bigint {
  let total = 0n;
  for (const move of moves) {
    if (wanted(move) && move.effectiveAt <= asOf) total += minorOf(move.amount, move.currency as Currency) ?? 0n;
  }
  return total;
}
