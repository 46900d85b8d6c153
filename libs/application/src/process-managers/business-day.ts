import { canonicalJson, sha256Hex } from '@duestream/contracts';
import type { AccountId, LocalDate } from '@duestream/domain';
import type { Answer, CommandRequest } from '../processor/requests';

/** Accounts that hold orders, or have a release that is over. A hint where to look, never what is decided on. */
export interface AccountsToRecheck {
  accountsToRecheck(businessDate: LocalDate): Promise<readonly AccountId[]>;
}

export interface BusinessDayOptions {
  readonly calendar: { today(): LocalDate };
  readonly accounts: AccountsToRecheck;
  readonly processor: { submit(request: CommandRequest): Promise<Answer> };
  onError(error: unknown): void;
  /** How often the clock is looked at. */
  readonly everyMs?: number;
}

/**
 * Has held orders looked at again when the business date moves: a limit begins, an authorisation or an overdue day
 * counts. Looks once at its start too, since the date may have moved while nobody ran. Repeating it changes nothing.
 */
export class BusinessDay {
  private lookedAt: LocalDate | null = null;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly options: BusinessDayOptions) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), this.options.everyMs ?? 30_000);
    this.timer.unref();
    void this.look();
  }

  /** One look at the clock; ends when all accounts that hold something on a new day have been looked at. */
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
    const today = calendar.today();
    if (today === this.lookedAt) return;
    try {
      let failed = 0;
      for (const accountId of await accounts.accountsToRecheck(today)) {
        if (this.stopped) return;
        if (!(await this.recheck(accountId, today))) failed += 1;
      }
      // With a failure the day stays unlooked at: the next look begins again, and repeating changes nothing.
      if (failed === 0) this.lookedAt = today;
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
