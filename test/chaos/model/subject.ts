import {
  AccountProcessor,
  accountDecider,
  BusinessCalendar,
  type Answer,
  type CommandRequest,
  type ProcessorOptions,
} from '@duestream/application';
import { canonicalJson, parseInbound, sha256Hex } from '@duestream/contracts';
import { DEFAULT_POLICY, NO_EXCHANGE_RATES, policyBook, type AccountState } from '@duestream/domain';
import type { Message } from '../support/ledger';
import type { Run } from '../support/run';
import type { AccountModel } from './account-model';
import type { Reported } from './reports';

/** What the model is held against. */
export interface Subject {
  setNow(nowMs: number): void;
  send(messages: readonly Message[]): Promise<readonly Given[]>;
  /** That its reports are those of the model, and what else can be proved at the end. */
  prove(run: Run, models: readonly AccountModel[], moments: readonly Moment[]): Promise<void>;
  close(): Promise<void>;
}

/** The model's reports, as known at an instant or, without one, now. */
export interface Moment {
  readonly knownAt?: string;
  readonly accounts: readonly { readonly accountId: string; readonly days: readonly Reported[] }[];
}

/** An error where there is no answer. */
export type Given = Answer | Error;

/** From the contract on as a server does it, with a clock that can be set. */
export class CommandPath {
  private nowMs: number;
  readonly calendar: BusinessCalendar;
  readonly processor: AccountProcessor<AccountState>;

  constructor(store: ProcessorOptions<AccountState>['store'], nowMs: number) {
    this.nowMs = nowMs;
    this.calendar = new BusinessCalendar('UTC', () => this.nowMs);
    const policies = policyBook(DEFAULT_POLICY, (policy) => sha256Hex(canonicalJson(policy)));
    const decider = accountDecider(policies, NO_EXCHANGE_RATES);
    this.processor = new AccountProcessor({ store, decider, calendar: this.calendar });
  }

  get now(): number {
    return this.nowMs;
  }

  set now(nowMs: number) {
    this.nowMs = nowMs;
  }

  async send(messages: readonly Message[]): Promise<readonly Given[]> {
    const settled = await Promise.allSettled(this.processor.submitAll(messages.map(requestOf)));
    return settled.map((one) => (one.status === 'fulfilled' ? one.value : asError(one.reason)));
  }
}

function requestOf(sent: Message): CommandRequest {
  const parsed = parseInbound(sent, { enforcement: 'enforce' });
  if (!parsed.ok) throw new Error(`the contract refuses ${JSON.stringify(sent)}: ${JSON.stringify(parsed.problem)}`);
  const actor = { id: 'model', via: 'chaos', authenticated: false };
  return { command: parsed.message, context: { actor, enforcement: parsed.enforcement, businessDate: 'today' } };
}

export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
