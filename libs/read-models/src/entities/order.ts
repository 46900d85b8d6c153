import { EntitySchema } from 'typeorm';
import {
  amount,
  day,
  instant,
  key,
  keyNumber,
  optionalDay,
  optionalSequence,
  optionalText,
  optionalWhole,
} from './columns';
import { sequence, text } from './columns';

/** An order as it is now. `open` and `delivered` are what its moves leave in orders and deliveries. */
export interface OrderRow {
  readonly accountId: string;
  readonly company: string;
  readonly orderId: string;
  readonly currency: string;
  readonly amount: string;
  readonly orderDate: string;
  readonly shipBy: string | null;
  readonly terms: string | null;
  readonly status: string;
  readonly open: string;
  readonly delivered: string;
  /** Shipped less cancelled shipments, whatever was invoiced since. */
  readonly shipped: string;
  readonly invoiced: string;
  readonly cancelledOn: string | null;
  readonly closedOn: string | null;
  /** Blank-separated, in the order in which they came. */
  readonly flags: string;
  readonly decisionRevision: number | null;
  readonly holdRevision: number | null;
}

export const OrderEntity = new EntitySchema<OrderRow>({
  name: 'order',
  tableName: 'orders',
  columns: {
    accountId: key('account_id'),
    company: key('company'),
    orderId: key('order_id'),
    currency: text('currency'),
    amount: amount('amount'),
    orderDate: day('order_date'),
    shipBy: optionalDay('ship_by'),
    terms: optionalText('terms'),
    status: text('status'),
    open: amount('open'),
    delivered: amount('delivered'),
    shipped: amount('shipped'),
    invoiced: amount('invoiced'),
    cancelledOn: optionalDay('cancelled_on'),
    closedOn: optionalDay('closed_on'),
    flags: text('flags'),
    decisionRevision: optionalWhole('decision_revision'),
    holdRevision: optionalWhole('hold_revision'),
  },
});

export interface ShipmentRow {
  readonly accountId: string;
  readonly company: string;
  readonly shipmentId: string;
  readonly orderId: string;
  readonly amount: string;
  readonly currency: string;
  readonly shippedOn: string;
  readonly cancelledOn: string | null;
}

export const ShipmentEntity = new EntitySchema<ShipmentRow>({
  name: 'shipment',
  tableName: 'shipments',
  columns: {
    accountId: key('account_id'),
    company: key('company'),
    shipmentId: key('shipment_id'),
    orderId: text('order_id'),
    amount: amount('amount'),
    currency: text('currency'),
    shippedOn: day('shipped_on'),
    cancelledOn: optionalDay('cancelled_on'),
  },
});

/** Every credit decision about an order, first to last. `decision` is its JSON as published, null for one by hand. */
export interface DecisionRow {
  readonly accountId: string;
  readonly revision: number;
  readonly company: string;
  readonly orderId: string;
  readonly outcome: string;
  readonly trigger: string;
  readonly total: string;
  readonly currency: string;
  readonly decision: string | null;
  readonly authorisation: string | null;
  readonly businessDate: string;
  readonly actorId: string;
  readonly recordedAt: string;
  readonly seq: number;
}

export const DecisionEntity = new EntitySchema<DecisionRow>({
  name: 'decision',
  tableName: 'decisions',
  columns: {
    accountId: key('account_id'),
    revision: keyNumber('revision'),
    company: text('company'),
    orderId: text('order_id'),
    outcome: text('outcome'),
    trigger: text('trigger'),
    total: amount('total'),
    currency: text('currency'),
    decision: optionalText('decision'),
    authorisation: optionalText('authorisation'),
    businessDate: day('business_date'),
    actorId: text('actor_id'),
    recordedAt: instant('recorded_at'),
    seq: sequence('seq'),
  },
});

/** From the event that left an order held to the one that ended it. */
export interface HoldRow {
  readonly accountId: string;
  readonly company: string;
  readonly orderId: string;
  readonly revision: number;
  readonly recordedAt: string;
  readonly seq: number;
  readonly endedSeq: number | null;
}

export const HoldEntity = new EntitySchema<HoldRow>({
  name: 'hold',
  tableName: 'holds',
  columns: {
    accountId: key('account_id'),
    company: key('company'),
    orderId: key('order_id'),
    revision: keyNumber('revision'),
    recordedAt: instant('recorded_at'),
    seq: sequence('seq'),
    endedSeq: optionalSequence('ended_seq'),
  },
});

/** A message, or a link of an accepted one, that waits for a document. */
export interface WaitingRow {
  readonly accountId: string;
  readonly revision: number;
  readonly n: number;
  readonly messageType: string;
  readonly messageSource: string;
  readonly messageId: string;
  readonly documentKind: string | null;
  readonly documentCompany: string | null;
  readonly documentNumber: string | null;
  readonly line: number | null;
  readonly waitingKind: string;
  readonly waitingCompany: string;
  readonly waitingNumber: string;
  readonly recordedAt: string;
  readonly seq: number;
  readonly endedSeq: number | null;
}

export const WaitingEntity = new EntitySchema<WaitingRow>({
  name: 'waiting',
  tableName: 'waiting',
  columns: {
    accountId: key('account_id'),
    revision: keyNumber('revision'),
    n: keyNumber('n'),
    messageType: text('message_type'),
    messageSource: text('message_source'),
    messageId: text('message_id'),
    documentKind: optionalText('document_kind'),
    documentCompany: optionalText('document_company'),
    documentNumber: optionalText('document_number'),
    line: optionalWhole('line'),
    waitingKind: text('waiting_kind'),
    waitingCompany: text('waiting_company'),
    waitingNumber: text('waiting_number'),
    recordedAt: instant('recorded_at'),
    seq: sequence('seq'),
    endedSeq: optionalSequence('ended_seq'),
  },
});
