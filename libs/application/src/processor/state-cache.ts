/**
 * Accounts that nobody works on, least recently used first out, limited by the bytes that their states take.
 */
export class StateCache<Account extends { readonly bytes: number }> {
  private readonly accounts = new Map<string, Account>();
  private bytes = 0;

  constructor(private readonly limitBytes: number) {}

  /** Takes the account out: whoever works on it puts it back. */
  take(accountId: string): Account | undefined {
    const account = this.accounts.get(accountId);
    if (account === undefined) return undefined;
    this.accounts.delete(accountId);
    this.bytes -= account.bytes;
    return account;
  }

  put(accountId: string, account: Account): void {
    this.take(accountId);
    if (account.bytes > this.limitBytes) return;
    this.accounts.set(accountId, account);
    this.bytes += account.bytes;
    this.evict();
  }

  get sizeBytes(): number {
    return this.bytes;
  }

  get size(): number {
    return this.accounts.size;
  }

  private evict(): void {
    for (const accountId of this.accounts.keys()) {
      if (this.bytes <= this.limitBytes) return;
      this.take(accountId);
    }
  }
}
