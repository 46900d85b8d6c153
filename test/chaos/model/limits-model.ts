import { lastDay, type Book, type Cents, type Day } from './book';
import type { Of } from './sent';

/** Limits and blocks of an account, each with its days. */
export class LimitsModel {
  private readonly limits: { readonly cents: Cents | null; readonly from: Day; readonly to: Day | null }[] = [];
  private readonly blocks: { readonly isBlocked: boolean; readonly on: Day }[] = [];

  constructor(private readonly book: Book) {}

  set({ cents, from, to }: Of<'limit'>): void {
    this.limits.push({ cents, from: from ?? this.book.today, to: to ?? null });
  }

  block({ kind, on }: Of<'block' | 'unblock'>): void {
    this.blocks.push({ isBlocked: kind === 'block', on: on ?? this.book.today });
  }

  limitOn(day: Day): Cents | null {
    return this.limits.findLast(({ from, to }) => from <= day && (to === null || day <= to))?.cents ?? null;
  }

  isBlocked(): boolean {
    const begun = this.blocks.filter(({ on }) => on <= this.book.today);
    const day = lastDay(...begun.map(({ on }) => on));
    return begun.findLast(({ on }) => on === day)?.isBlocked ?? false;
  }
}
