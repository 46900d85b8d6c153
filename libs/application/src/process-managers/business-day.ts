import type { AccountId, LocalDate } from '@duestream/domain';

/** Accounts that hold orders. A hint where to look, never what is decided on. */
export interface HeldAccounts {
  accountsWithHolds(): Promise<readonly AccountId[]>;
}

export interface BusinessDayOptions {
  readonly calendar: { today(): LocalDate };
  readonly held: HeldAccounts;
  recheck(accountId: AccountId, businessDate: LocalDate): Promise<unknown>;
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

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private async recheckOnNewDay(): Promise<void> {
    const { calendar, held, recheck, onError } = this.options;
    const today = calendar.today();
    if (today === this.lookedAt) return;
    try {
      for (const accountId of await held.accountsWithHolds()) await recheck(accountId, today);
      this.lookedAt = today;
    } catch (error) {
      // The day stays unlooked at: the next look begins again.
      onError(error);
    }
  }
}
