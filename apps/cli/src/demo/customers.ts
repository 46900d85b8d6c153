import { decimalOf, type Currency, type MoneyText, type Terms } from '@duestream/domain';
import { Random } from './random';

/** How a customer pays: days after the due date (before, when negative). */
export type Habit = 'early' | 'prompt' | 'late' | 'slow' | 'failing';

export interface Customer {
  readonly accountId: string;
  readonly name: string;
  readonly country: string;
  readonly segment: string;
  readonly currency: Currency;
  readonly terms: Terms;
  readonly termDays: number;
  readonly habit: Habit;
  /** Minor units of an ordinary order. */
  readonly orderMinor: number;
  readonly ordersPerYear: number;
  /** Whether its payments name the invoices that they settle. */
  readonly namesInvoices: boolean;
  readonly random: Random;
}

export const FAILING_ACCOUNT = 'C-1113';
/** Went into insolvency half a year ago: blocked, and its orders are rejected since. */
export const INSOLVENT_ACCOUNT = 'C-1042';

const COUNT = 240;
const SEED = 20_111;

/** The customers of a wholesaler of outdoor goods; one of them will slowly stop paying. */
export function customers(): Customer[] {
  const seed = new Random(SEED);
  return Array.from({ length: COUNT }, (_, index) => customer(`C-${1001 + index}`, seed));
}

export function money(minor: number, currency: Currency): MoneyText {
  return { amount: decimalOf(BigInt(minor), currency), currency };
}

/** Twice what is open on an ordinary day, in round figures. */
export function limitMinor(customer: Customer): number {
  const daysOpen = customer.termDays + 12 + (customer.habit === 'slow' ? 40 : 0);
  const open = (customer.orderMinor * customer.ordersPerYear * daysOpen) / 365;
  const round = customer.currency === 'JPY' ? 100_000 : 500_00;
  return Math.max(2, Math.ceil((open * 1.6 + customer.orderMinor * 2) / round)) * round;
}

function customer(accountId: string, seed: Random): Customer {
  const random = seed.fork(accountId);
  const failing = accountId === FAILING_ACCOUNT;
  const segment = failing ? 'retail' : random.pick(SEGMENTS);
  const [country, currency] = failing ? (['IE', 'EUR'] as const) : random.pick(MARKETS);
  const termDays = failing ? 30 : random.pick([14, 30, 30, 30, 45, 60]);
  const scale = currency === 'JPY' ? 1.6 : 1;
  return {
    accountId,
    name: failing ? 'Harbour Lane Outfitters' : `${random.pick(PLACES)} ${random.pick(TRADES)} ${random.pick(FORMS)}`,
    country,
    segment,
    currency: currency as Currency,
    terms: `NET${termDays}` as Terms,
    termDays,
    habit: failing ? 'failing' : random.pick(HABITS),
    orderMinor: Math.round(random.between(4_000, 60_000) * (SEGMENT_SCALE[segment] ?? 1) * scale),
    ordersPerYear: failing ? 60 : random.between(14, 70),
    namesInvoices: random.permille(750),
    random,
  };
}

const SEGMENTS = ['retail', 'retail', 'retail', 'wholesale', 'online', 'public'] as const;
const SEGMENT_SCALE: Readonly<Record<string, number>> = { retail: 4, wholesale: 20, online: 8, public: 10 };
// prettier-ignore
const HABITS: readonly [Habit, ...Habit[]] = [
  'early', 'early', 'prompt', 'prompt', 'prompt', 'prompt', 'prompt', 'prompt', 'prompt',
  'prompt', 'prompt', 'late', 'late', 'late', 'slow',
];
const MARKETS = [
  ['DE', 'EUR'],
  ['DE', 'EUR'],
  ['FR', 'EUR'],
  ['NL', 'EUR'],
  ['IT', 'EUR'],
  ['AT', 'EUR'],
  ['GB', 'GBP'],
  ['US', 'USD'],
  ['US', 'USD'],
  ['JP', 'JPY'],
] as const;
// prettier-ignore
const PLACES = [
  'Alder', 'Birch', 'Cedar', 'Summit', 'Northgate', 'Lakeside', 'Old Mill', 'Riverbend',
  'Stonebridge', 'Highland', 'Meadow', 'Valley', 'Granite', 'Westwind', 'Foxhill', 'Pinecrest',
] as const;
const TRADES = ['Sports', 'Camping', 'Outdoor', 'Bikes', 'Trail Supply', 'Alpine', 'Marine', 'Equipment'] as const;
const FORMS = ['Ltd', 'GmbH', 'BV', 'Trading', 'SARL', 'Partners', 'Co'] as const;
