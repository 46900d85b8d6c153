import { bookFiguresSql, profileFiguresSql } from '../risk/portfolio';
import { RISK_RULES, type RiskRules, type SignalName } from '../risk/rules';
import { today, viewParameters } from './points';

/** The rules of `risk/assess.ts` as SQL over the same figures, with the thresholds and points of the same rule set. */
export function atRiskSql(rules: RiskRules = RISK_RULES): string {
  const points = Object.entries(conditions(rules)).map(
    ([signal, condition]) => `CASE WHEN ${condition} THEN ${rules.signals[signal as SignalName].points} ELSE 0 END`,
  );
  const tiers = rules.tiers.map(({ tier, fromScore }) => `WHEN s.score >= ${fromScore} THEN '${tier}'`);
  return `
    SELECT s.account_id, s.name, CASE ${tiers.join(' ')} ELSE 'ok' END AS tier, s.score, s.signals,
           '${rules.version}'::text AS rules
      FROM (
        SELECT f.account_id, f.name, ${points.join(' + ')} AS score,
               array_remove(ARRAY[${signalNames(rules)}]::text[], NULL) AS signals
          FROM (${profileFiguresSql(today, viewParameters(), rules)}) f
          LEFT JOIN (${booksSql(rules)}) b ON b.account_id = f.account_id
      ) s`;
}

function signalNames(rules: RiskRules): string {
  return Object.entries(conditions(rules))
    .map(([signal, condition]) => `CASE WHEN ${condition} THEN '${signal}' END`)
    .join(', ');
}

function conditions(rules: RiskRules): Readonly<Record<SignalName, string>> {
  const threshold = (signal: SignalName) => rules.signals[signal].threshold;
  const exposure = 'greatest(coalesce(f.exposure, 0), 0)';
  return {
    utilisation: `f.limit_amount > 0 AND ${exposure} * 10000 >= ${threshold('utilisation')} * f.limit_amount`,
    'limit.exceeded': `${exposure} > f.limit_amount`,
    'limit.expired': 'f.limit_expired_on IS NOT NULL',
    'item.past-due': `b.oldest > ${threshold('item.past-due')}`,
    'overdue.share': 'b.overdue_share',
    'days-late.rising': 'b.days_late_rising',
    'payment.bounced': `f.bounced >= ${threshold('payment.bounced')}`,
    'dispute.share': 'b.dispute_share',
    'profile.gaps': `cardinality(f.missing) >= ${threshold('profile.gaps')}`,
  };
}

/** Books in several currencies: a signal counts once, if any of them raises it. */
function booksSql(rules: RiskRules): string {
  const { threshold } = rules.signals['days-late.rising'];
  return `
    SELECT account_id, max(oldest) AS oldest,
           bool_or(overdue > 0 AND overdue * 10000 >= ${rules.signals['overdue.share'].threshold} * open) AS overdue_share,
           bool_or(disputed > 0 AND disputed * 10000 >= ${rules.signals['dispute.share'].threshold} * open) AS dispute_share,
           bool_or(recent_amount > 0 AND previous_amount > 0
                   AND recent_weighted * previous_amount - previous_weighted * recent_amount
                       >= ${threshold} * recent_amount * previous_amount) AS days_late_rising
      FROM (${bookFiguresSql(today, viewParameters(), rules)}) book
     GROUP BY account_id`;
}
