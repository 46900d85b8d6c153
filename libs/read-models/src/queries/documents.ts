import type { ApplicationView, InvoiceView, OrderView, PaymentView } from '@duestream/contracts';
import type { CreditDecision, OrderStatus } from '@duestream/domain';
import type { EntityManager } from 'typeorm';
import { selectRows } from '../database/bulk';
import { sessionOf } from '../database/session';
import { DocumentEntity, OrderEntity, type DocumentRow } from '../entities';
import { UnknownAccount, UnknownDocument } from '../errors';
import { plus, zero } from '../projection/staircase';
import { liveDisputesSql } from './open-items-sql';
import { Parameters } from './parameters';
import type { Point } from './point';

export interface DocumentName {
  readonly accountId: string;
  readonly company: string;
  readonly number: string;
}

/** An order as it is now, with the last decision that rules gave (one by hand has none). */
export async function orderOf(manager: EntityManager, named: DocumentName): Promise<OrderView> {
  const { accountId, company, number } = named;
  const [order] = await selectRows(await sessionOf(manager), OrderEntity, [{ accountId, company, orderId: number }]);
  if (order === undefined) throw await unknown(manager, 'order', named);
  const [decided]: { decision: string }[] = await manager.query(
    `SELECT decision FROM decisions
      WHERE account_id = $1 AND company = $2 AND order_id = $3 AND decision IS NOT NULL
      ORDER BY revision DESC LIMIT 1`,
    [accountId, company, number],
  );
  return {
    accountId,
    company,
    orderId: number,
    status: order.status as OrderStatus,
    orderDate: order.orderDate,
    shipBy: order.shipBy,
    currency: order.currency,
    amount: order.amount,
    open: order.open,
    shipped: order.delivered,
    invoiced: order.invoiced,
    flags: order.flags === '' ? [] : order.flags.split(' '),
    decision: decided === undefined ? null : (JSON.parse(decided.decision) as CreditDecision),
  };
}

export async function invoiceOf(manager: EntityManager, today: Point, named: DocumentName): Promise<InvoiceView> {
  const invoice = await documentOf(manager, 'invoice', named);
  const point = notBefore(today, invoice.datedOn);
  const items = await itemsOf(manager, 'invoice', named, point);
  const open = items.reduce((sum, item) => plus(sum, item.open, invoice.currency), zero(invoice.currency));
  return {
    accountId: named.accountId,
    company: named.company,
    invoiceId: named.number,
    issuedOn: invoice.datedOn,
    currency: invoice.currency,
    amount: invoice.amount,
    open,
    disputed: await disputedOf(manager, point, named, open, zero(invoice.currency)),
    status: isNothing(open) ? 'paid' : 'open',
    items,
    applications: await applicationsOf(manager, 'a.invoice_company = $2 AND a.invoice_id = $3', named, point),
  };
}

export async function paymentOf(manager: EntityManager, today: Point, named: DocumentName): Promise<PaymentView> {
  const payment = await documentOf(manager, 'payment', named);
  const point = notBefore(today, payment.datedOn);
  const [item] = await itemsOf(manager, 'payment', named, point);
  const unapplied = item?.open ?? zero(payment.currency);
  const isReversed = payment.reversedOn !== null && payment.reversedOn <= point.asOf;
  return {
    accountId: named.accountId,
    company: named.company,
    paymentId: named.number,
    receivedOn: payment.datedOn,
    currency: payment.currency,
    amount: payment.amount,
    unapplied,
    status: isReversed ? 'reversed' : isNothing(unapplied) ? 'applied' : 'open',
    refunded: payment.refunded,
    applications: await applicationsOf(manager, 'a.company = $2 AND a.payment_id = $3', named, point),
  };
}

async function documentOf(
  manager: EntityManager,
  kind: 'invoice' | 'payment',
  named: DocumentName,
): Promise<DocumentRow> {
  const [document] = await selectRows(await sessionOf(manager), DocumentEntity, [{ ...named, kind }]);
  if (document === undefined) throw await unknown(manager, kind, named);
  return document;
}

async function unknown(
  manager: EntityManager,
  kind: UnknownDocument['documentKind'],
  { accountId, number, company }: DocumentName,
): Promise<Error> {
  const accounts: unknown[] = await manager.query(`SELECT 1 FROM accounts WHERE account_id = $1`, [accountId]);
  return accounts.length === 0 ? new UnknownAccount(accountId) : new UnknownDocument(accountId, kind, number, company);
}

/** A document dated in the future is shown as of its own day: before that there is nothing of it. */
function notBefore(point: Point, day: string): Point {
  return point.asOf >= day ? point : { ...point, asOf: day };
}

async function itemsOf(
  manager: EntityManager,
  kind: string,
  { accountId, company, number }: DocumentName,
  point: Point,
): Promise<InvoiceView['items']> {
  const rows: { item: number; dueOn: string; currency: string; amount: string; open: string | null }[] =
    await manager.query(
      `SELECT item, due_on AS "dueOn", currency, original AS amount,
              step_open[width_bucket($5::date, step_days)] AS open
         FROM items
        WHERE account_id = $1 AND kind = $2 AND company = $3 AND number = $4
        ORDER BY due_on, item`,
      [accountId, kind, company, number, point.asOf],
    );
  return rows.map(({ currency, open, ...row }) => ({ ...row, open: open ?? zero(currency) }));
}

async function disputedOf(
  manager: EntityManager,
  point: Point,
  named: DocumentName,
  open: string,
  nothing: string,
): Promise<string> {
  const parameters = new Parameters();
  const account = parameters.add(named.accountId);
  const disputes = liveDisputesSql(point, parameters, (accountId) => `${accountId} = ${account}`);
  const [row]: { disputed: string }[] = await manager.query(
    `SELECT least(l.amount, ${parameters.add(open)}::numeric) AS disputed
       FROM (${disputes}) l
      WHERE l.company = ${parameters.add(named.company)} AND l.number = ${parameters.add(named.number)}`,
    parameters.values,
  );
  return row?.disputed ?? nothing;
}

async function applicationsOf(
  manager: EntityManager,
  condition: string,
  { accountId, company, number }: DocumentName,
  point: Point,
): Promise<readonly ApplicationView[]> {
  const rows: ApplicationView[] = await manager.query(
    `SELECT a.application_id AS "applicationId", a.company, a.payment_id AS "paymentId",
            a.credit_note_id AS "creditNoteId", a.invoice_id AS "invoiceId", a.invoice_company AS "invoiceCompany",
            a.item, a.amount, a.applied_on AS "appliedOn", a.rule,
            a.amount - coalesce((
              SELECT sum(e.amount) FROM application_endings e
               WHERE (e.account_id, e.company, e.application_id, e.item)
                     = (a.account_id, a.company, a.application_id, a.item)
                 AND e.ended_on <= $4::date
            ), 0) AS standing
       FROM applications a
      WHERE a.account_id = $1 AND ${condition}
      ORDER BY a.seq`,
    [accountId, company, number, point.asOf],
  );
  return rows;
}

function isNothing(amount: string): boolean {
  return !/[1-9]/.test(amount);
}
