import type { AccountId } from '@duestream/domain';
import type { FoldedState } from './decider';
import { Mailbox } from './mailbox';

/**
 * The mailboxes of all accounts that are at hand. Those that nobody works on rest: they keep their state as long as
 * all resting states fit the limit of bytes, the least recently used goes first.
 *
 * Resting ones are linked to each other instead of moving about in a map: a map that is written to all the time leaves
 * tables behind that keep what they held alive through many collections of garbage.
 */
export class Mailboxes<State extends FoldedState> {
  private readonly byAccount = new Map<AccountId, Mailbox<State>>();
  /** Before the oldest and after the newest of the resting. */
  private readonly ends = new Mailbox<State>('' as AccountId);
  private restingBytes = 0;

  constructor(private readonly limitBytes: number) {
    this.ends.older = this.ends;
    this.ends.newer = this.ends;
  }

  /** The account's mailbox, for whoever puts something into it. */
  of(accountId: AccountId): Mailbox<State> {
    const existing = this.byAccount.get(accountId);
    if (existing !== undefined) {
      this.wake(existing);
      return existing;
    }
    const mailbox = new Mailbox<State>(accountId);
    this.byAccount.set(accountId, mailbox);
    return mailbox;
  }

  /** Commands of an account without an answer. */
  unansweredOf(accountId: AccountId): number {
    return this.byAccount.get(accountId)?.unanswered ?? 0;
  }

  /** Nobody works on the mailbox and nothing waits in it. */
  rest(mailbox: Mailbox<State>): void {
    const bytes = mailbox.account?.bytes ?? Number.POSITIVE_INFINITY;
    if (bytes > this.limitBytes) {
      this.byAccount.delete(mailbox.accountId);
      return;
    }
    const { older } = this.ends;
    if (older === null) throw new Error('the ends are linked to each other at least');
    link(older, mailbox);
    link(mailbox, this.ends);
    this.restingBytes += bytes;
    while (this.restingBytes > this.limitBytes) this.forgetOldest();
  }

  /** Of the states that rest. */
  get sizeBytes(): number {
    return this.restingBytes;
  }

  private wake(mailbox: Mailbox<State>): void {
    const { older, newer } = mailbox;
    if (older === null || newer === null) return;
    link(older, newer);
    mailbox.older = null;
    mailbox.newer = null;
    this.restingBytes -= mailbox.account?.bytes ?? 0;
  }

  private forgetOldest(): void {
    const oldest = this.ends.newer;
    if (oldest === null || oldest === this.ends) throw new Error('bytes are counted of mailboxes that do not rest');
    this.wake(oldest);
    this.byAccount.delete(oldest.accountId);
  }
}

function link<State extends FoldedState>(older: Mailbox<State>, newer: Mailbox<State>): void {
  older.newer = newer;
  newer.older = older;
}
