import type { AtRiskItem, RiskTier } from '@duestream/contracts';
import type { EntityManager } from 'typeorm';
import { loadHistories } from '../risk/account-history';
import { assess, type Assessment } from '../risk/assess';
import { portfolioSignals, type AccountSignals } from '../risk/portfolio';
import { RISK_RULES } from '../risk/rules';
import { inTierSince } from '../risk/since';
import { listed, type Cursor, type Listed } from './cursor';
import type { Point } from './point';

export interface AtRiskQuestion {
  /** Null: every tier but `ok`. */
  readonly tier: RiskTier | null;
  readonly question: string;
  readonly after: Cursor | null;
  readonly size: number | null;
}

interface Assessed extends Assessment {
  readonly account: AccountSignals;
}

const CACHED_POINTS = 4;
const HISTORIES_AT_ONCE = 500;

/**
 * Accounts by risk, highest score first, assessed when asked: the answer depends on the day and not only on events.
 * One pass over the open items gives every account's signals; only those of the page are then followed back in time.
 * The assessment of a point is kept for the next pages and for the same question by others.
 */
export class AtRisk {
  private readonly assessed = new Map<string, Promise<readonly Assessed[]>>();

  async list(manager: EntityManager, point: Point, asked: AtRiskQuestion): Promise<Listed<AtRiskItem>> {
    const all = await this.assessAll(manager, point);
    const wanted = all.filter(({ tier }) => (asked.tier === null ? tier !== 'ok' : tier === asked.tier));
    const rows = afterKey(wanted, asked.after?.key).slice(0, asked.size === null ? undefined : asked.size + 1);
    const page = asked.size === null ? rows : rows.slice(0, asked.size);
    const since = await this.since(manager, point, page);
    return listed(
      rows,
      asked.size,
      (row) => toItem(row, since.get(row.account.accountId) ?? point.asOf),
      (last) => ({ ...point, question: asked.question, key: [last.score, last.account.accountId] }),
    );
  }

  private async assessAll(manager: EntityManager, point: Point): Promise<readonly Assessed[]> {
    const key = JSON.stringify([RISK_RULES.version, point.asOf, point.knownAt, point.seq]);
    const known = this.assessed.get(key);
    if (known !== undefined) return known;
    const assessing = portfolioSignals(manager, point, RISK_RULES).then((accounts) =>
      accounts.map((account) => ({ account, ...assess(account.signals, RISK_RULES) })).sort(byScore),
    );
    this.assessed.set(key, assessing);
    assessing.catch(() => this.assessed.delete(key));
    for (const oldest of this.assessed.keys()) {
      if (this.assessed.size <= CACHED_POINTS) break;
      this.assessed.delete(oldest);
    }
    return assessing;
  }

  private async since(
    manager: EntityManager,
    point: Point,
    page: readonly Assessed[],
  ): Promise<ReadonlyMap<string, string>> {
    const days = new Map<string, string>();
    for (let start = 0; start < page.length; start += HISTORIES_AT_ONCE) {
      const some = page.slice(start, start + HISTORIES_AT_ONCE);
      const accounts = new Map(some.map(({ account }) => [account.accountId, account.signals]));
      const histories = await loadHistories(manager, point, accounts, RISK_RULES);
      for (const [accountId, history] of histories) days.set(accountId, inTierSince(history, point.asOf, RISK_RULES));
    }
    return days;
  }
}

function byScore(a: Assessed, b: Assessed): number {
  return b.score - a.score || (a.account.accountId < b.account.accountId ? -1 : 1);
}

function afterKey(rows: readonly Assessed[], key: Cursor['key'] | undefined): readonly Assessed[] {
  const [score, accountId] = key ?? [];
  if (typeof score !== 'number' || typeof accountId !== 'string') return rows;
  return rows.filter((row) => row.score < score || (row.score === score && row.account.accountId > accountId));
}

function toItem({ account, tier, score, reasons }: Assessed, since: string): AtRiskItem {
  return { accountId: account.accountId, name: account.name, tier, score, reasons, since };
}
