import { documentDateOf, instantOfMillis, type Command, type Instant, type LocalDate } from '@duestream/domain';

/** Milliseconds since 1970, as `Date.now` gives them. */
export type Clock = () => number;

/** What day it is for the business: today's date in one time zone. */
export class BusinessCalendar {
  private readonly format: Intl.DateTimeFormat;
  /** Zones move by whole minutes, so a date holds for the minute that it was asked for. */
  private known: { readonly minute: number; readonly date: LocalDate } | null = null;
  private instant: { readonly millis: number; readonly text: Instant } | null = null;

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
    if (this.instant?.millis !== nowMs) this.instant = { millis: nowMs, text: instantOfMillis(nowMs) };
    const now = this.instant.text;
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

/**
 * The date that decides for this command. A message without a date of its own counts as of today, and so does one of
 * a day to come: nothing is decided in the future, and an account's business date never goes back.
 */
export function businessDateFor(command: Command, rule: 'today' | 'document', today: LocalDate): LocalDate {
  if (rule === 'today') return today;
  const own = documentDateOf(command);
  return own !== undefined && own < today ? own : today;
}
