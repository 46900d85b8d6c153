import {
  AccountProcessor,
  accountDecider,
  BusinessCalendar,
  type Answer,
  type CommandRequest,
  type ProcessorOptions,
} from '@duestream/application';
import { canonicalJson, parseCommandData, parseInbound, sha256Hex } from '@duestream/contracts';
import { DEFAULT_POLICY, NO_EXCHANGE_RATES, policyBook, type AccountId, type AccountState } from '@duestream/domain';
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
  const context = { actor: { id: 'model', via: 'chaos', authenticated: false }, businessDate: 'today' } as const;
  if (isByHand(sent.type)) return { command: byHand(sent.type, sent), context: { ...context, enforcement: 'enforce' } };
  const parsed = parseInbound(sent, { enforcement: 'enforce' });
  if (!parsed.ok) throw refusedByContract(sent, parsed.problem);
  return { command: parsed.message, context: { ...context, enforcement: parsed.enforcement } };
}

type ByHand = 'order.release' | 'order.reject';

function isByHand(type: string): type is ByHand {
  return type === 'order.release' || type === 'order.reject';
}

/** As the route of its name does. */
function byHand<T extends ByHand>(type: T, sent: Message): CommandRequest['command'] {
  const parsed = parseCommandData(type, sent.data);
  if (!parsed.ok) throw refusedByContract(sent, parsed.problem);
  const { data, contentHash } = parsed.content;
  const { subject, id, source } = sent;
  return { type, accountId: subject as AccountId, id, source, data, contentHash };
}

function refusedByContract(sent: Message, problem: unknown): Error {
  return new Error(`the contract refuses ${JSON.stringify(sent)}: ${JSON.stringify(problem)}`);
}

export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
