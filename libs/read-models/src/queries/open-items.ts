import type { OpenItemView } from '@duestream/contracts';
import type { EntityManager } from 'typeorm';
import { zero } from '../projection/staircase';
import { bucketOf, type BucketRange } from './buckets';
import { listed, type Cursor, type Listed } from './cursor';
import { liveDisputesSql, openItemsSql } from './open-items-sql';
import { Parameters } from './parameters';
import type { Point } from './point';

export interface OpenItemsQuestion {
  readonly accountId: string;
  readonly ranges: readonly BucketRange[];
  readonly question: string;
  readonly after: Cursor | null;
  readonly size: number | null;
}

interface ItemAtPoint {
  readonly kind: OpenItemView['kind'];
  readonly company: string;
  readonly number: string;
  readonly item: number;
  readonly currency: string;
  readonly original: string;
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly signed: string;
  readonly age: number;
  readonly disputed: string | null;
}

/**
 * What is open on the account at the point, earliest due first. A dispute names an invoice: of its instalments the
 * earliest due are disputed first, as cash goes to them first.
 */
export async function openItemsOf(
  manager: EntityManager,
  point: Point,
  asked: OpenItemsQuestion,
): Promise<Listed<OpenItemView>> {
  const parameters = new Parameters();
  const account = parameters.add(asked.accountId);
  const scope = (accountId: string) => `${accountId} = ${account}`;
  const open = openItemsSql(point, parameters, scope);
  const disputes = liveDisputesSql(point, parameters, scope);
  const rows: ItemAtPoint[] = await manager.query(
    `WITH o AS (
       SELECT i.*, coalesce(l.amount, 0) AS disputes,
              sum(i.open) OVER (
                PARTITION BY i.kind, i.company, i.number ORDER BY i.due_on, i.item
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
              ) - i.open AS open_before
         FROM (${open}) i
         LEFT JOIN (${disputes}) l ON i.kind = 'invoice' AND (l.company, l.number) = (i.company, i.number)
     )
     SELECT o.kind, o.company, o.number, o.item, o.currency, o.original, o.issued_on AS "issuedOn",
            o.due_on AS "dueOn", o.signed, o.age,
            CASE WHEN o.disputes > o.open_before THEN least(o.open, o.disputes - o.open_before) END AS disputed
       FROM o
      WHERE ${afterSql(asked, parameters)}
      ORDER BY o.due_on, o.kind, o.company, o.number, o.item
      ${asked.size === null ? '' : `LIMIT ${parameters.add(asked.size + 1)}`}`,
    parameters.values,
  );
  return listed(
    rows,
    asked.size,
    (row) => toItem(asked, row),
    (last) => ({
      ...point,
      question: asked.question,
      key: [last.dueOn, last.kind, last.company, last.number, last.item],
    }),
  );
}

function toItem(asked: OpenItemsQuestion, row: ItemAtPoint): OpenItemView {
  const { signed, age, disputed, ...item } = row;
  const { from, to } = bucketOf(asked.ranges, age);
  const sign = row.kind === 'invoice' ? '' : '-';
  return {
    accountId: asked.accountId,
    ...item,
    original: `${sign}${row.original}`,
    open: signed,
    daysPastDue: age,
    bucket: { from, to },
    disputed: disputed ?? zero(row.currency),
  };
}

function afterSql(asked: OpenItemsQuestion, parameters: Parameters): string {
  const key = asked.after?.key;
  if (key === undefined) return 'true';
  const [dueOn, kind, company, number, item] = key.map((part) => parameters.add(part));
  return `(o.due_on, o.kind, o.company, o.number, o.item)
          > (${dueOn}::date, ${kind}::text, ${company}::text, ${number}::text, ${item}::integer)`;
}
