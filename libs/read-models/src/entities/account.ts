import { EntitySchema } from 'typeorm';
import { amount, day, flag, instant, key, keyNumber, optionalAmount, optionalDay, optionalInstant } from './columns';
import { optionalSequence, optionalText, sequence, text, whole } from './columns';

interface Profile {
  readonly name: string;
  readonly currency: string;
  readonly country: string | null;
  readonly segment: string | null;
  readonly riskClass: string | null;
  readonly parentId: string | null;
  readonly terms: string | null;
  /** JSON object. */
  readonly attributes: string;
}

const profileColumns = {
  name: text('name'),
  currency: text('currency'),
  country: optionalText('country'),
  segment: optionalText('segment'),
  riskClass: optionalText('risk_class'),
  parentId: optionalText('parent_id'),
  terms: optionalText('terms'),
  attributes: text('attributes'),
};

/** The account as it is now. `revision` is the last event taken: a redelivered one is not above it. */
export interface AccountRow extends Profile {
  readonly accountId: string;
  readonly revision: number;
  readonly openedOn: string;
}

export const AccountEntity = new EntitySchema<AccountRow>({
  name: 'account',
  tableName: 'accounts',
  columns: { accountId: key('account_id'), revision: whole('revision'), openedOn: day('opened_on'), ...profileColumns },
});

/** The profile as it was from one event to the next, so that a pinned list stays as it was. */
export interface ProfileRow extends Profile {
  readonly accountId: string;
  readonly revision: number;
  readonly recordedAt: string;
  readonly seq: number;
  readonly supersededAt: string | null;
  readonly supersededSeq: number | null;
}

export const ProfileEntity = new EntitySchema<ProfileRow>({
  name: 'profile',
  tableName: 'profiles',
  columns: {
    accountId: key('account_id'),
    revision: keyNumber('revision'),
    ...profileColumns,
    recordedAt: instant('recorded_at'),
    seq: sequence('seq'),
    supersededAt: optionalInstant('superseded_at'),
    supersededSeq: optionalSequence('superseded_seq'),
  },
});

/** The account is blocked, or no longer, from a day on. Of the days up to one the latest counts, of one day the last recorded. */
export interface BlockRow {
  readonly accountId: string;
  readonly revision: number;
  readonly blocked: boolean;
  readonly validFrom: string;
  readonly recordedAt: string;
  readonly seq: number;
}

export const BlockEntity = new EntitySchema<BlockRow>({
  name: 'block',
  tableName: 'blocks',
  columns: {
    accountId: key('account_id'),
    revision: keyNumber('revision'),
    blocked: flag('blocked'),
    validFrom: day('valid_from'),
    recordedAt: instant('recorded_at'),
    seq: sequence('seq'),
  },
});

/** One entry of the limit's schedule. Of those valid on a day, the one recorded last counts; a null amount: none set. */
export interface LimitRow {
  readonly accountId: string;
  readonly revision: number;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly recordedAt: string;
  readonly seq: number;
}

export const LimitEntity = new EntitySchema<LimitRow>({
  name: 'limit',
  tableName: 'limits',
  columns: {
    accountId: key('account_id'),
    revision: keyNumber('revision'),
    amount: optionalAmount('amount'),
    currency: optionalText('currency'),
    validFrom: day('valid_from'),
    validTo: optionalDay('valid_to'),
    recordedAt: instant('recorded_at'),
    seq: sequence('seq'),
  },
});

/** The sum of all moves of a category, whatever their date; `latestOn` is the last date among them. */
export interface BalanceRow {
  readonly accountId: string;
  readonly currency: string;
  readonly category: string;
  readonly amount: string;
  readonly latestOn: string;
}

export const BalanceEntity = new EntitySchema<BalanceRow>({
  name: 'balance',
  tableName: 'balances',
  columns: {
    accountId: key('account_id'),
    currency: key('currency'),
    category: key('category'),
    amount: amount('amount'),
    latestOn: day('latest_on'),
  },
});
