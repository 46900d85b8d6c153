import { lastDay, sumUpTo, type Cents, type Dated, type Day } from './book';

export interface InvoiceModel {
  readonly number: string;
  readonly cents: Cents;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  /** Its own amount first. */
  readonly moves: Dated[];
  readonly disputes: { readonly number: string; readonly cents: Cents; readonly openedOn: Day; resolvedOn?: Day }[];
  open: Cents;
  freedOn: Day;
}

export interface ApplicationModel {
  readonly number: string;
  readonly invoice: InvoiceModel;
  readonly on: Day;
  cents: Cents;
}

/** A payment or a credit note. */
export interface CashModel {
  readonly kind: 'payment' | 'credit-note';
  readonly number: string;
  readonly cents: Cents;
  readonly on: Day;
  readonly moves: Dated[];
  /** Those that stand, in the order of recording. */
  applications: ApplicationModel[];
  everApplied: number;
  rest: Cents;
  freedOn: Day;
  refunded: Cents;
  isReversed: boolean;
}

export function newInvoice(number: string, cents: Cents, issuedOn: Day, dueOn: Day): InvoiceModel {
  return {
    number,
    cents,
    issuedOn,
    dueOn,
    moves: [{ cents, on: issuedOn }],
    disputes: [],
    open: cents,
    freedOn: '',
  };
}

export function newCash(kind: CashModel['kind'], number: string, cents: Cents, on: Day): CashModel {
  return {
    kind,
    number,
    cents,
    on,
    moves: [{ cents, on }],
    applications: [],
    everApplied: 0,
    rest: cents,
    freedOn: '',
    refunded: 0,
    isReversed: false,
  };
}

/** Of some invoices those with something open, in the order in which cash is taken. */
export function oldestFirst(invoices: Iterable<InvoiceModel>): readonly InvoiceModel[] {
  return [...invoices]
    .filter(({ open }) => open > 0)
    .sort((a, b) => (a.dueOn === b.dueOn ? (a.number < b.number ? -1 : 1) : a.dueOn < b.dueOn ? -1 : 1));
}

/** The standing applications that give `wanted` back: the latest first, of one day the last recorded. */
export function latestFirst(cash: CashModel, wanted: Cents): readonly (readonly [ApplicationModel, Cents])[] {
  const parts: [ApplicationModel, Cents][] = [];
  let left = wanted;
  for (let candidates = [...cash.applications]; left > 0 && candidates.length > 0;) {
    const day = lastDay(...candidates.map(({ on }) => on));
    const application = candidates.findLast(({ on }) => on === day);
    if (application === undefined) break;
    const cents = Math.min(left, application.cents);
    parts.push([application, cents]);
    left -= cents;
    candidates = candidates.filter((one) => one !== application);
  }
  return parts;
}

/** Money that goes out from `from` on, as soon as taking it leaves the rest of no later day below zero. */
export function withdrawal(moves: readonly Dated[], wanted: Cents, from: Day): readonly Dated[] {
  const days = [...new Set([from, ...moves.map(({ on }) => on).filter((on) => on > from)])].sort();
  const gone: Dated[] = [];
  let left = wanted;
  for (const [index, day] of days.entries()) {
    const after = [...moves, ...gone];
    const free = Math.min(...days.slice(index).map((later) => sumUpTo(after, later)));
    const cents = Math.min(left, Math.max(0, free));
    if (cents > 0) gone.push({ cents: -cents, on: day });
    left -= cents;
  }
  return gone;
}
