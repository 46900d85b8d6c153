import { EntitySchema } from 'typeorm';
import { amount, amounts, day, days, instant, key, keyNumber, optionalText, optionalWhole, sequence } from './columns';
import { text, whole } from './columns';

/** One dated change of one category by one document: the whole truth for figures at any day as known at any instant. */
export interface MoveRow {
  readonly accountId: string;
  readonly revision: number;
  readonly n: number;
  readonly category: string;
  readonly kind: string;
  readonly company: string;
  readonly number: string;
  readonly item: number;
  readonly amount: string;
  readonly currency: string;
  readonly effectiveAt: string;
  readonly recordedAt: string;
  readonly seq: number;
}

export const MoveEntity = new EntitySchema<MoveRow>({
  name: 'move',
  tableName: 'moves',
  columns: {
    accountId: key('account_id'),
    revision: keyNumber('revision'),
    n: keyNumber('n'),
    category: text('category'),
    kind: text('kind'),
    company: text('company'),
    number: text('number'),
    item: whole('item'),
    amount: amount('amount'),
    currency: text('currency'),
    effectiveAt: day('effective_at'),
    recordedAt: instant('recorded_at'),
    seq: sequence('seq'),
  },
});

/**
 * An open item with its open amount as a staircase over days: `stepOpen[i]` holds from `stepDays[i]` to the next step.
 * `settledOn` is the day from which it is zero for good, `infinity` while it is not.
 */
export interface ItemRow {
  readonly accountId: string;
  readonly kind: string;
  readonly company: string;
  readonly number: string;
  readonly item: number;
  readonly currency: string;
  readonly original: string;
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly stepDays: readonly string[];
  readonly stepOpen: readonly string[];
  readonly settledOn: string;
  readonly recordedAt: string;
}

export const ItemEntity = new EntitySchema<ItemRow>({
  name: 'item',
  tableName: 'items',
  columns: {
    accountId: key('account_id'),
    kind: key('kind'),
    company: key('company'),
    number: key('number'),
    item: keyNumber('item'),
    currency: text('currency'),
    original: amount('original'),
    issuedOn: day('issued_on'),
    dueOn: day('due_on'),
    stepDays: days('step_days'),
    stepOpen: amounts('step_open'),
    settledOn: day('settled_on'),
    recordedAt: instant('recorded_at'),
  },
});

/** A payment's or credit note's application to one open item; one by hand may take several of an invoice's instalments. */
export interface ApplicationRow {
  readonly accountId: string;
  readonly company: string;
  readonly applicationId: string;
  readonly paymentId: string | null;
  readonly creditNoteId: string | null;
  readonly invoiceCompany: string;
  readonly invoiceId: string;
  readonly item: number;
  readonly amount: string;
  readonly currency: string;
  readonly appliedOn: string;
  readonly rule: string;
  readonly line: number | null;
  readonly recordedAt: string;
  readonly seq: number;
}

export const ApplicationEntity = new EntitySchema<ApplicationRow>({
  name: 'application',
  tableName: 'applications',
  columns: {
    accountId: key('account_id'),
    company: key('company'),
    applicationId: key('application_id'),
    item: keyNumber('item'),
    paymentId: optionalText('payment_id'),
    creditNoteId: optionalText('credit_note_id'),
    invoiceCompany: text('invoice_company'),
    invoiceId: text('invoice_id'),
    amount: amount('amount'),
    currency: text('currency'),
    appliedOn: day('applied_on'),
    rule: text('rule'),
    line: optionalWhole('line'),
    recordedAt: instant('recorded_at'),
    seq: sequence('seq'),
  },
});

/** The end, or part of the end, of an application: a reversal, a refund or an un-application freed its amount. */
export interface ApplicationEndingRow {
  readonly accountId: string;
  readonly revision: number;
  readonly n: number;
  readonly company: string;
  readonly applicationId: string;
  readonly item: number;
  readonly amount: string;
  readonly endedOn: string;
  readonly recordedAt: string;
  readonly seq: number;
}

export const ApplicationEndingEntity = new EntitySchema<ApplicationEndingRow>({
  name: 'application_ending',
  tableName: 'application_endings',
  columns: {
    accountId: key('account_id'),
    revision: keyNumber('revision'),
    n: keyNumber('n'),
    company: text('company'),
    applicationId: text('application_id'),
    item: whole('item'),
    amount: amount('amount'),
    endedOn: day('ended_on'),
    recordedAt: instant('recorded_at'),
    seq: sequence('seq'),
  },
});
