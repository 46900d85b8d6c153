import type {
  AccountFields,
  CommandDataByType,
  CommandType,
  Instalment,
  MessageType,
  RemittanceLine,
} from '@duestream/domain';
import { array, object, oneOf, optional, type Members, type Typed } from '../schema/builder';
import {
  attributes,
  company,
  currencyCode,
  date,
  enforcement,
  flag,
  id,
  instalmentNumber,
  limitAmount,
  line,
  money,
  name,
  terms,
  text,
} from '../schema/common';

const maybe = {
  company: optional(company),
  date: optional(date),
  terms: optional(terms),
  id: optional(id),
  money: optional(money),
  text: optional(text),
};

const accountFields: Members<AccountFields> = {
  name: optional(name),
  currency: optional(currencyCode),
  country: maybe.id,
  segment: maybe.id,
  riskClass: maybe.id,
  parentId: maybe.id,
  terms: maybe.terms,
  attributes: optional(attributes),
};

const remittanceLine = object<RemittanceLine>({
  invoiceId: id,
  invoiceCompany: maybe.company,
  amount: maybe.money,
  instalment: optional(instalmentNumber),
});

const instalment = object<Instalment>({ number: instalmentNumber, dueOn: date, amount: money });

type DataSchemas = { readonly [T in CommandType]: Typed<CommandDataByType[T]> };

/** The schema of each type's `data`: of every inbound message, then of what staff do by hand. */
export const dataSchemas: DataSchemas = {
  'account.opened.v1': object({ ...accountFields, name, currency: currencyCode }),
  'account.changed.v1': object(accountFields, { minProperties: 1, description: 'at least one field that changes' }),
  'account.blocked.v1': object({ reason: text, blockedOn: maybe.date }),
  'account.unblocked.v1': object({ reason: text, unblockedOn: maybe.date }),
  'limit.set.v1': object({ amount: limitAmount, validFrom: maybe.date, validTo: maybe.date, reason: maybe.text }),
  'order.placed.v1': object({
    company: maybe.company,
    orderId: id,
    amount: money,
    orderDate: maybe.date,
    shipBy: maybe.date,
    terms: maybe.terms,
    lines: optional(array(line, { maxItems: 1000, description: 'a list of up to 1000 lines' })),
    enforcement: optional(enforcement),
  }),
  'order.changed.v1': object({
    company: maybe.company,
    orderId: id,
    amount: maybe.money,
    shipBy: maybe.date,
    terms: maybe.terms,
    changedOn: maybe.date,
    enforcement: optional(enforcement),
  }),
  'order.cancelled.v1': object({ company: maybe.company, orderId: id, reason: maybe.text, cancelledOn: maybe.date }),
  'order.closed.v1': object({ company: maybe.company, orderId: id, reason: maybe.text, closedOn: maybe.date }),
  'order.shipped.v1': object({
    company: maybe.company,
    shipmentId: id,
    orderId: id,
    amount: money,
    shippedOn: maybe.date,
  }),
  'shipment.cancelled.v1': object({ company: maybe.company, shipmentId: id, cancelledOn: maybe.date }),
  'invoice.issued.v1': object(
    {
      company: maybe.company,
      invoiceId: id,
      amount: money,
      issuedOn: maybe.date,
      dueOn: maybe.date,
      terms: maybe.terms,
      orderId: maybe.id,
      shipmentId: maybe.id,
      final: optional(flag),
      instalments: optional(
        array(instalment, {
          minItems: 1,
          maxItems: 1000,
          description:
            'a list of 1 to 1000 instalments, each {"number","dueOn","amount"}, whose amounts add up to the invoice',
        }),
      ),
    },
    { dependentRequired: { shipmentId: ['orderId'] } },
  ),
  'credit-note.issued.v1': object({
    company: maybe.company,
    creditNoteId: id,
    amount: money,
    issuedOn: maybe.date,
    invoiceId: maybe.id,
    reason: text,
  }),
  'payment.received.v1': object({
    company: maybe.company,
    paymentId: id,
    amount: money,
    receivedOn: maybe.date,
    remittance: optional(
      array(remittanceLine, {
        maxItems: 1000,
        description: 'a list of up to 1000 lines, each {"invoiceId","amount"?,"instalment"?}',
      }),
    ),
    reference: maybe.text,
    payer: maybe.text,
  }),
  'payment.reversed.v1': object({ company: maybe.company, paymentId: id, reversedOn: maybe.date, reason: text }),
  'payment.refunded.v1': object({
    company: maybe.company,
    refundId: id,
    paymentId: id,
    amount: money,
    refundedOn: maybe.date,
  }),
  'cash.applied.v1': object(
    {
      company: maybe.company,
      applicationId: id,
      paymentId: maybe.id,
      creditNoteId: maybe.id,
      invoiceId: id,
      invoiceCompany: maybe.company,
      instalment: optional(instalmentNumber),
      amount: money,
      appliedOn: maybe.date,
    },
    { oneOf: [{ required: ['paymentId'] }, { required: ['creditNoteId'] }] },
  ),
  'cash.unapplied.v1': object({ company: maybe.company, applicationId: id, unappliedOn: maybe.date }),
  'dispute.opened.v1': object({
    company: maybe.company,
    disputeId: id,
    invoiceId: id,
    amount: maybe.money,
    reason: text,
    openedOn: maybe.date,
  }),
  'dispute.resolved.v1': object({
    company: maybe.company,
    disputeId: id,
    outcome: oneOf(['valid', 'invalid'], '"valid" or "invalid"'),
    resolvedOn: maybe.date,
  }),
  'invoice.written-off.v1': object({
    company: maybe.company,
    writeOffId: id,
    invoiceId: id,
    amount: maybe.money,
    reason: text,
    writtenOffOn: maybe.date,
  }),
  'account.put': object(accountFields),
  'order.release': object({
    company: maybe.company,
    orderId: id,
    reason: text,
    amount: maybe.money,
    expiresOn: maybe.date,
  }),
  'order.reject': object({ company: maybe.company, orderId: id, reason: text }),
  'credit.recheck': object({}),
};

/** Every inbound message type, in the order of the contract's table. */
export const inboundTypes: readonly MessageType[] = commandTypes().filter(isMessageType);

function commandTypes(): CommandType[] {
  return Object.keys(dataSchemas) as CommandType[];
}

function isMessageType(type: CommandType): type is MessageType {
  return type.endsWith('.v1');
}
