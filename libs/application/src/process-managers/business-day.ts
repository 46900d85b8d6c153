import { canonicalJson, sha256Hex } from '@duestream/contracts';
import type { AccountId, Instant, LocalDate } from '@duestream/domain';
import type { Answer, CommandRequest } from '../processor/requests';

/** Accounts that hold orders, or have a release that is over. A hint where to look, never what is decided on. */
export interface AccountsToRecheck {
  accountsToRecheck(businessDate: LocalDate): Promise<{
    readonly accounts: readonly AccountId[];
    /** What was recorded until then is among them; what came later may not be. */
    readonly settledUntil: string;
  }>;
}

export interface BusinessDayOptions {
  readonly calendar: { moment(notBefore: null): { readonly businessDate: LocalDate; readonly recordedAt: Instant } };
  readonly accounts: AccountsToRecheck;
  readonly processor: { submit(request: CommandRequest): Promise<Answer> };
  onError(error: unknown): void;
  /** How often the clock is looked at. */
  readonly everyMs?: number;
}

/**
 * Has held orders looked at again when the business date moves: a limit begins, an authorisation or an overdue day
 * counts. Looks once at its start too, since the date may have moved while nobody ran. Repeating it changes nothing.
 * A day is done when the hint has all that was recorded before it began: an order that was held just before midnight
 * may show a little later.
 */
export class BusinessDay {
  private day: Day | null = null;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly options: BusinessDayOptions) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), this.options.everyMs ?? 30_000);
    this.timer.unref();
    void this.look();
  }

  /** One look at the clock; ends when the accounts that are known to hold something on a new day have been looked at. */
  look(): Promise<void> {
    this.looking = this.looking.then(() => this.recheckOnNewDay());
    return this.looking;
  }

  /** Begins no further account. The one under way is the processor's, which ends it when it closes. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  private async recheckOnNewDay(): Promise<void> {
    const { calendar, accounts } = this.options;
    const { businessDate, recordedAt } = calendar.moment(null);
    if (this.day?.date !== businessDate)
      this.day = { date: businessDate, began: recordedAt, looked: new Set(), isDone: false };
    const { day } = this;
    if (day.isDone) return;
    try {
      const hint = await accounts.accountsToRecheck(businessDate);
      const left = hint.accounts.filter((accountId) => !day.looked.has(accountId));
      for (const accountId of left) {
        if (this.stopped) return;
        // One that fails is looked at again by the next look.
        if (await this.recheck(accountId, businessDate)) day.looked.add(accountId);
      }
      day.isDone = hint.settledUntil >= day.began && left.every((accountId) => day.looked.has(accountId));
    } catch (error) {
      this.options.onError(error);
    }
  }

  /** One account that fails does not keep the others waiting. */
  private async recheck(accountId: AccountId, today: LocalDate): Promise<boolean> {
    try {
      await this.options.processor.submit(recheckOf(accountId, today));
      return true;
    } catch (error) {
      this.options.onError(error);
      return false;
    }
  }
}

interface Day {
  readonly date: LocalDate;
  /** When it was first seen. */
  readonly began: Instant;
  readonly looked: Set<AccountId>;
  isDone: boolean;
}

function recheckOf(accountId: AccountId, businessDate: LocalDate): CommandRequest {
  const data = {};
  const [type, source, contentHash] = [
    'credit.recheck',
    '/duestream/business-day',
    sha256Hex(canonicalJson(data)),
  ] as const;
  return {
    command: { type, accountId, source, id: businessDate, data, contentHash },
    context: {
      actor: { id: 'duestream', via: 'business-day', authenticated: true },
      enforcement: 'enforce',
      businessDate: 'today',
    },
  };
}
