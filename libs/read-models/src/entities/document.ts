import { EntitySchema } from 'typeorm';
import {
  amount,
  day,
  flag,
  instant,
  key,
  optionalDay,
  optionalInstant,
  optionalSequence,
  optionalText,
} from './columns';
import { sequence, text } from './columns';

/** An invoice, credit note or payment as a whole; its open amounts are its items'. */
export interface DocumentRow {
  readonly accountId: string;
  readonly kind: string;
  readonly company: string;
  readonly number: string;
  readonly currency: string;
  readonly amount: string;
  /** issuedOn or receivedOn. */
  readonly datedOn: string;
  readonly orderId: string | null;
  readonly shipmentId: string | null;
  readonly invoiceId: string | null;
  readonly final: boolean;
  readonly refunded: string;
  readonly reversedOn: string | null;
  readonly reversedAt: string | null;
  readonly reversedSeq: number | null;
  readonly recordedAt: string;
  readonly seq: number;
}

export const DocumentEntity = new EntitySchema<DocumentRow>({
  name: 'document',
  tableName: 'documents',
  columns: {
    accountId: key('account_id'),
    kind: key('kind'),
    company: key('company'),
    number: key('number'),
    currency: text('currency'),
    amount: amount('amount'),
    datedOn: day('dated_on'),
    orderId: optionalText('order_id'),
    shipmentId: optionalText('shipment_id'),
    invoiceId: optionalText('invoice_id'),
    final: flag('final'),
    refunded: amount('refunded'),
    reversedOn: optionalDay('reversed_on'),
    reversedAt: optionalInstant('reversed_at'),
    reversedSeq: optionalSequence('reversed_seq'),
    recordedAt: instant('recorded_at'),
    seq: sequence('seq'),
  },
});

/** A dispute of an invoice. It lives until its resolution; `resolvedOn` is `infinity` before. */
export interface DisputeRow {
  readonly accountId: string;
  readonly company: string;
  readonly disputeId: string;
  readonly invoiceId: string;
  readonly amount: string;
  readonly currency: string;
  readonly openedOn: string;
  readonly outcome: string | null;
  readonly resolvedOn: string;
  readonly resolvedAt: string | null;
  readonly resolvedSeq: number | null;
  readonly recordedAt: string;
  readonly seq: number;
}

export const DisputeEntity = new EntitySchema<DisputeRow>({
  name: 'dispute',
  tableName: 'disputes',
  columns: {
    accountId: key('account_id'),
    company: key('company'),
    disputeId: key('dispute_id'),
    invoiceId: text('invoice_id'),
    amount: amount('amount'),
    currency: text('currency'),
    openedOn: day('opened_on'),
    outcome: optionalText('outcome'),
    resolvedOn: day('resolved_on'),
    resolvedAt: optionalInstant('resolved_at'),
    resolvedSeq: optionalSequence('resolved_seq'),
    recordedAt: instant('recorded_at'),
    seq: sequence('seq'),
  },
});
