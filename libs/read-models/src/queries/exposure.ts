import type { ExposureView } from '@duestream/contracts';
import { decimalOf, maxBig, type Category, type Currency } from '@duestream/domain';
import type { EntityManager } from 'typeorm';
import { UnknownAccount } from '../errors';
import { minor } from '../projection/staircase';
import { limitsOfDay, type LimitOfDay } from './limits';
import { Parameters } from './parameters';
import { knows, type Point } from './point';

interface CategoryRow {
  readonly accountId: string;
  readonly currency: string;
  readonly category: string;
  readonly amount: string;
}

/** Exposure of one account at the point (DOMAIN.md §2): floored once, on the total; other currencies are listed only. */
export async function exposureOf(manager: EntityManager, point: Point, accountId: string): Promise<ExposureView> {
  const [account]: { currency: string }[] = await manager.query(`SELECT currency FROM accounts WHERE account_id = $1`, [
    accountId,
  ]);
  if (account === undefined) throw new UnknownAccount(accountId);
  const rows = await categoriesOf(manager, point, accountId);
  const limits = await limitsOfDay(manager, point, [accountId]);
  return exposureView(accountId, account.currency, rows, limits.get(accountId) ?? null);
}

async function categoriesOf(manager: EntityManager, point: Point, accountId: string): Promise<CategoryRow[]> {
  const balances: (CategoryRow & { latestOn: string })[] = await manager.query(
    `SELECT account_id AS "accountId", currency, category, amount, latest_on AS "latestOn"
       FROM balances WHERE account_id = $1`,
    [accountId],
  );
  if (point.isLatest && balances.every((balance) => balance.latestOn <= point.asOf)) return balances;
  const parameters = new Parameters();
  const rows: CategoryRow[] = await manager.query(
    `SELECT account_id AS "accountId", currency, category, sum(amount) AS amount
       FROM moves
      WHERE account_id = ${parameters.add(accountId)}
        AND effective_at <= ${parameters.add(point.asOf)}::date
        AND ${knows(point, parameters)}
      GROUP BY 1, 2, 3`,
    parameters.values,
  );
  return rows;
}

/** What raises exposure and what lowers it. Categories without moves yet are there, with nothing in them. */
const RAISES = ['orders', 'deliveries', 'billing', 'receivables', 'special'] as const;
const LOWERS = ['unappliedCash', 'creditNotes', 'secured'] as const;
type AnyCategory = Category | 'billing' | 'special' | 'secured';

export function exposureView(
  accountId: string,
  currency: string,
  rows: readonly CategoryRow[],
  limit: LimitOfDay | null,
): ExposureView {
  const code = currency as Currency;
  const figures = new Map<string, bigint>();
  for (const row of rows) if (row.currency === currency) figures.set(row.category, minor(row.amount, code));
  const figure = (category: AnyCategory): bigint => figures.get(category) ?? 0n;
  const raised = RAISES.reduce((sum, category) => sum + figure(category), 0n);
  const lowered = LOWERS.reduce((sum, category) => sum + figure(category), 0n);
  const total = maxBig(0n, raised - lowered);
  const ofDay = limit?.amount ?? null;
  const limitMinor = ofDay === null ? null : minor(ofDay, code);
  return {
    accountId,
    currency,
    total: decimalOf(total, code),
    categories: {
      orders: decimalOf(figure('orders'), code),
      deliveries: decimalOf(figure('deliveries'), code),
      billing: decimalOf(figure('billing'), code),
      receivables: decimalOf(figure('receivables'), code),
      special: decimalOf(figure('special'), code),
      unappliedCash: decimalOf(figure('unappliedCash'), code),
      creditNotes: decimalOf(figure('creditNotes'), code),
      secured: decimalOf(figure('secured'), code),
    },
    limit: ofDay,
    available: limitMinor === null ? null : decimalOf(limitMinor - total, code),
    utilisation: limitMinor === null ? null : ratio(total, limitMinor),
    unconverted: unconverted(rows, currency),
  };
}

/** Net exposure per other currency: no rate, so it is shown and not counted. */
function unconverted(rows: readonly CategoryRow[], own: string): ExposureView['unconverted'] {
  const sums = new Map<string, bigint>();
  for (const row of rows) {
    if (row.currency === own) continue;
    const value = minor(row.amount, row.currency as Currency);
    const signed = LOWERS.some((category) => category === row.category) ? -value : value;
    sums.set(row.currency, (sums.get(row.currency) ?? 0n) + signed);
  }
  return [...sums]
    .filter(([, sum]) => sum !== 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, sum]) => ({ amount: decimalOf(sum, currency as Currency), currency }));
}

const RATIO_DECIMALS = 4;

/** part / whole with four decimals, half-up; null when the whole is nothing. Neither may be negative. */
export function ratio(part: bigint, whole: bigint): string | null {
  if (whole === 0n) return null;
  const scale = 10n ** BigInt(RATIO_DECIMALS);
  const scaled = (part * scale * 2n + whole) / (whole * 2n);
  const digits = scaled.toString().padStart(RATIO_DECIMALS + 1, '0');
  return `${digits.slice(0, -RATIO_DECIMALS)}.${digits.slice(-RATIO_DECIMALS)}`;
}
