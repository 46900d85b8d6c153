import { instantOfMillis, type Command, type Instant, type LocalDate } from '@duestream/domain';

/** Milliseconds since 1970, as `Date.now` gives them. */
export type Clock = () => number;

/** What day it is for the business: today's date in one time zone. */
export class BusinessCalendar {
  private readonly format: Intl.DateTimeFormat;
  /** Zones move by whole minutes, so a date holds for the minute that it was asked for. */
  private known: { readonly minute: number; readonly date: LocalDate } | null = null;

  constructor(
    readonly timeZone: string,
    private readonly clock: Clock = Date.now,
  ) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
  }

  today(): LocalDate {
    return this.dateOf(this.clock());
  }

  /** Now, but never before `notBefore`: what an account learns it never learns earlier than what it knew already. */
  moment(notBefore: Instant | null): { readonly businessDate: LocalDate; readonly recordedAt: Instant } {
    const nowMs = this.clock();
    const now = instantOfMillis(nowMs);
    const recordedAt = notBefore !== null && notBefore > now ? notBefore : now;
    return { businessDate: this.dateOf(nowMs), recordedAt };
  }

  private dateOf(millis: number): LocalDate {
    const minute = Math.floor(millis / 60_000);
    if (this.known?.minute !== minute) this.known = { minute, date: this.formatted(millis) };
    return this.known.date;
  }

  private formatted(millis: number): LocalDate {
    const parts = new Map(this.format.formatToParts(millis).map(({ type, value }) => [type, value]));
    const year = (parts.get('year') ?? '').padStart(4, '0');
    return `${year}-${parts.get('month') ?? ''}-${parts.get('day') ?? ''}` as LocalDate;
  }
}

/** The date that decides for this command; a message without a date of its own counts as of today. */
export function businessDateFor(command: Command, rule: 'today' | 'document', today: LocalDate): LocalDate {
  return rule === 'document' ? (documentDateOf(command) ?? today) : today;
}

/** The date of the message's document: the day on which, says the sender, it happened. */
function documentDateOf(command: Command): LocalDate | undefined {
  switch (command.type) {
    case 'account.opened.v1':
    case 'account.changed.v1':
    case 'account.put':
    case 'order.release':
    case 'order.reject':
    case 'credit.recheck':
      return undefined;
    case 'account.blocked.v1':
      return command.data.blockedOn;
    case 'account.unblocked.v1':
      return command.data.unblockedOn;
    case 'limit.set.v1':
      return command.data.validFrom;
    case 'order.placed.v1':
      return command.data.orderDate;
    case 'order.changed.v1':
      return command.data.changedOn;
    case 'order.cancelled.v1':
      return command.data.cancelledOn;
    case 'order.closed.v1':
      return command.data.closedOn;
    case 'order.shipped.v1':
      return command.data.shippedOn;
    case 'shipment.cancelled.v1':
      return command.data.cancelledOn;
    case 'invoice.issued.v1':
    case 'credit-note.issued.v1':
      return command.data.issuedOn;
    case 'payment.received.v1':
      return command.data.receivedOn;
    case 'payment.reversed.v1':
      return command.data.reversedOn;
    case 'payment.refunded.v1':
      return command.data.refundedOn;
    case 'cash.applied.v1':
      return command.data.appliedOn;
    case 'cash.unapplied.v1':
      return command.data.unappliedOn;
    case 'dispute.opened.v1':
      return command.data.openedOn;
    case 'dispute.resolved.v1':
      return command.data.resolvedOn;
    case 'invoice.written-off.v1':
      return command.data.writtenOffOn;
  }
}
