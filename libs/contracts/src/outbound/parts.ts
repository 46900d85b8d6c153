import type {
  CreditDecision,
  DocumentKind,
  DocumentRef,
  EndedApplication,
  InvoiceItem,
  Move,
  Personal,
  Reason,
  RuleVerdict,
  WaitingLink,
} from '@duestream/domain';
import { array, object, oneOf, optional, type Typed } from '../schema/builder';
import { company, date, enforcement, figure, id, money } from '../schema/common';

/** A short text of ours whose values may grow in number: consumers must expect ones that they do not know. */
export function openText<T extends string>(description: string): Typed<T> {
  return { json: { type: 'string', description } };
}

export function list<T>(items: Typed<T>, description: string): Typed<readonly T[]> {
  return array(items, { description });
}

export function nullable<T>(schema: Typed<T>): Typed<T | null> {
  return { json: { anyOf: [schema.json, { type: 'null' }] } };
}

export const wholeNumber: Typed<number> = { json: { type: 'integer', minimum: 0 } };

export const item: Typed<number> = {
  json: { type: 'integer', minimum: 0, description: 'the instalment, 0 for a whole document' },
};

const documentKind = openText<DocumentKind>('the kind of document: order, shipment, invoice, payment, …');

export const documentRef = object<DocumentRef>(
  { kind: documentKind, company, number: { json: { type: 'string' } } },
  { description: 'a document of the account' },
);

const move = object<Move>(
  {
    category: oneOf(['orders', 'deliveries', 'receivables', 'unappliedCash', 'creditNotes'], 'where the value stands'),
    amount: { json: { type: 'string', pattern: '^-?\\d+(\\.\\d{1,4})?$', description: 'a signed decimal string' } },
    currency: { json: { $ref: '../common.json#/$defs/currency' } },
    effectiveAt: date,
    document: documentRef,
    item: optional(item),
  },
  { description: 'one dated change of one category; the sum of all up to a day is the figure as of that day' },
);

/** On every event: what it does to the figures. */
export const effects = {
  moves: optional(list(move, 'what the event does to the figures')),
  flags: optional(list(openText('such as order.not-released'), 'what is out of the ordinary')),
};

export const personal = optional(
  object<Personal>(
    {
      reason: optional(openText('why')),
      reference: optional(openText('the payer’s reference')),
      payer: optional(openText('who paid')),
    },
    { description: 'free text and names of persons' },
  ),
);

export const waitingFor = optional(
  list(object<WaitingLink>({ document: documentRef, line: optional(wholeNumber) }), 'links to documents not seen yet'),
);

export const endedApplications = list(
  object<EndedApplication>({
    applicationId: id,
    company,
    invoiceId: id,
    invoiceCompany: company,
    item,
    amount: money,
    appliedOn: date,
    endedOn: date,
  }),
  'applications that end, whole or in part',
);

export const invoiceItems = list(object<InvoiceItem>({ number: item, dueOn: date, amount: money }), 'the open items');

const ruleId = openText<RuleVerdict['rule']>('the rule');
const observed = nullable(openText('what the rule saw: a decimal string or a date; null where it has no such figure'));
const threshold = nullable(openText('what it compared with'));

export const creditDecision = object<CreditDecision>(
  {
    outcome: oneOf(['approved', 'held', 'rejected']),
    reasons: list(
      object<Reason>({
        rule: ruleId,
        observed,
        threshold,
        message: openText('a sentence that can be read to a customer'),
      }),
      'why not approved',
    ),
    rules: list(
      object<RuleVerdict>({ rule: ruleId, verdict: oneOf(['pass', 'block']), observed, threshold }),
      'every rule with its verdict',
    ),
    amount: figure,
    increase: figure,
    exposureBefore: figure,
    limit: nullable(figure),
    available: nullable(figure),
    policyVersion: openText('such as default@1'),
    policyHash: openText('SHA-256 of the policy'),
    businessDate: date,
    enforcement,
  },
  { description: 'a credit decision with everything that it used' },
);
