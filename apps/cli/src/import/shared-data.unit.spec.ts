import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseInbound } from '@duestream/contracts';
import {
  daysBetween,
  minorOf,
  isCurrency,
  type InboundMessage,
  type LocalDate,
  type MoneyText,
} from '@duestream/domain';
import { csvPlan } from './csv';
import { loadMapping } from './mapping/load-mapping';

const root = path.resolve(__dirname, '../../../..');
const shared = path.resolve(root, '../shared/data');
const isHere = existsSync(path.join(shared, 'ibm-ar')) && existsSync(path.join(shared, 'highradius-s1'));

if (!isHere) {
  process.stderr.write(
    `\n!! SKIPPED: no acceptance data in ${path.relative(root, shared)}: mappings are not checked against it\n\n`,
  );
}

const BUCKETS = ['current', '1-30', '31-60', '61-90', '90+'] as const;
type Bucket = (typeof BUCKETS)[number];
type ByBucket = Record<Bucket, number>;

interface Ageing {
  readonly amount_cents: ByBucket;
  readonly count: ByBucket;
}

interface IbmAgeing extends Ageing {
  readonly total_cents: number;
  readonly open_invoices: number;
  readonly overdue_cents: number;
  readonly disputed_open_cents: number;
}

/** Sums the mapped messages up by hand: no line of the product's ageing is used. */
(isHere ? describe : describe.skip)('the acceptance data, mapped', () => {
  describe('IBM', () => {
    const messages = mapped('ibm-ar.json', 'ibm-ar/accounts-receivable.csv');
    const expected = read<{
      totals: { invoices: number; customers: number; disputed: number };
      ageing: Record<string, IbmAgeing & { per_customer: Record<string, IbmAgeing> }>;
    }>('ibm-ar/expected.json');

    it('gives four messages per row, two more for a disputed one, and opens every customer', async () => {
      const { totals } = expected;
      const { opened, others } = await messages;
      expect(opened).toHaveLength(totals.customers);
      expect(others).toHaveLength(4 * totals.invoices + 2 * totals.disputed);
    });

    it.each(Object.keys(expected.ageing))('has the ageing of %s, in all and per customer', async (asOf) => {
      const want = expected.ageing[asOf];
      if (want === undefined) throw new Error('no ageing');
      const { per_customer: perCustomer, ...whole } = want;
      const { others } = await messages;
      expect(ibmAgeing(others, asOf as LocalDate)).toEqual(whole);
      for (const [customer, figures] of Object.entries(perCustomer)) {
        const own = others.filter((message) => String(message.accountId) === customer);
        expect({ customer, ...ibmAgeing(own, asOf as LocalDate) }).toEqual({ customer, ...figures });
      }
    });
  });

  describe('HighRadius', () => {
    const messages = mapped('highradius.json', 'highradius-s1/open-items.csv');
    const { expected } = read<{
      expected: { items: number; customers_norm: number; ageing: Record<string, Record<string, Ageing>> };
    }>('highradius-s1/expected.json');

    it('gives one invoice per row and opens every customer, with its leading zeros', async () => {
      const { opened, others } = await messages;
      expect(others).toHaveLength(expected.items);
      expect(opened).toHaveLength(expected.customers_norm);
    });

    it.each(Object.keys(expected.ageing))('has the buckets of %s in every currency', async (asOf) => {
      for (const [currency, want] of Object.entries(expected.ageing[asOf] ?? {})) {
        const own = (await messages).others.filter(
          (message) => message.type === 'invoice.issued.v1' && message.data.amount.currency === currency,
        );
        const { amount_cents, count } = age(openInvoices(own, asOf as LocalDate), asOf as LocalDate);
        expect({ currency, amount_cents, count }).toEqual({ currency, ...want });
      }
    });
  });
});

interface OpenInvoice {
  readonly due: LocalDate;
  readonly cents: number;
  readonly isDisputed: boolean;
}

function ibmAgeing(messages: readonly InboundMessage[], asOf: LocalDate): IbmAgeing {
  const open = openInvoices(messages, asOf);
  const sum = (some: readonly OpenInvoice[]) => some.reduce((total, { cents }) => total + cents, 0);
  return {
    ...age(open, asOf),
    total_cents: sum(open),
    open_invoices: open.length,
    overdue_cents: sum(open.filter(({ due }) => due < asOf)),
    disputed_open_cents: sum(open.filter(({ isDisputed }) => isDisputed)),
  };
}

function openInvoices(messages: readonly InboundMessage[], asOf: LocalDate): readonly OpenInvoice[] {
  const paid = new Map<string, number>();
  const disputed = new Set<string>();
  const resolved = new Set<string>();
  for (const message of messages) {
    if (message.type === 'payment.received.v1' && isBy(message.data.receivedOn, asOf)) {
      const named = message.data.remittance?.[0]?.invoiceId ?? '';
      paid.set(named, (paid.get(named) ?? 0) + centsOf(message.data.amount));
    } else if (message.type === 'dispute.opened.v1' && isBy(message.data.openedOn, asOf))
      disputed.add(message.data.invoiceId);
    else if (message.type === 'dispute.resolved.v1' && isBy(message.data.resolvedOn, asOf))
      resolved.add(message.data.disputeId);
  }
  return messages.flatMap((message) => {
    if (message.type !== 'invoice.issued.v1' || !isBy(message.data.issuedOn, asOf)) return [];
    const { invoiceId, amount, dueOn } = message.data;
    const cents = centsOf(amount) - (paid.get(invoiceId) ?? 0);
    if (dueOn === undefined || cents === 0) return [];
    return [{ due: dueOn, cents, isDisputed: disputed.has(invoiceId) && !resolved.has(invoiceId) }];
  });
}

function age(open: readonly OpenInvoice[], asOf: LocalDate): Ageing {
  const empty = (): ByBucket => ({ current: 0, '1-30': 0, '31-60': 0, '61-90': 0, '90+': 0 });
  const [amounts, counts] = [empty(), empty()];
  for (const { due, cents } of open) {
    const late = daysBetween(due, asOf);
    const bucket = late <= 0 ? 'current' : (BUCKETS[Math.min(Math.ceil(late / 30), 4)] ?? '90+');
    amounts[bucket] += cents;
    counts[bucket] += 1;
  }
  return { amount_cents: amounts, count: counts };
}

function isBy(date: LocalDate | undefined, asOf: LocalDate): boolean {
  return date !== undefined && date <= asOf;
}

function centsOf({ amount, currency }: MoneyText): number {
  const minor = isCurrency(currency) ? minorOf(amount, currency) : null;
  if (minor === null) throw new Error(`not an amount: ${amount} ${currency}`);
  return Number(minor);
}

async function mapped(mapping: string, file: string) {
  const opened: InboundMessage[] = [];
  const others: InboundMessage[] = [];
  if (!isHere) return { opened, others };
  const plan = await csvPlan(path.join(shared, file), await loadMapping(path.join(root, 'examples/mappings', mapping)));
  for await (const { items } of plan.source.items) {
    for (const item of items) {
      if ('reason' in item) throw new Error(`line ${item.line}: ${item.reason}`);
      const parsed = parseInbound(JSON.parse(item.text), { enforcement: 'observe' });
      if (!parsed.ok) throw new Error(parsed.problem.detail);
      (item.isOpener === true ? opened : others).push(parsed.message);
    }
  }
  return { opened, others };
}

function read<T>(file: string): T {
  const content = isHere
    ? readFileSync(path.join(shared, file), 'utf8')
    : '{"totals":{},"ageing":{"none":{}},"expected":{"ageing":{"none":{}}}}';
  return JSON.parse(content) as T;
}
