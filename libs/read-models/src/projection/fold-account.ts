import type { AccountRow, ProfileRow } from '../entities';
import { recorded, type OfType, type Taken } from './taken';
import type { WorkingSet } from './working-set';

type AccountEvent = OfType<'duestream.account.opened.v1' | 'duestream.account.changed.v1'>;

export function foldAccount(set: WorkingSet, taken: Taken, event: AccountEvent): void {
  const account = changedBy(event, set.accounts.get(taken.accountId), taken);
  set.accounts.put(account);
  addProfile(set, taken, account);
}

function changedBy(event: AccountEvent, known: AccountRow | undefined, taken: Taken): AccountRow {
  const account = known ?? unopened(taken);
  switch (event.type) {
    case 'duestream.account.opened.v1':
      return { ...account, ...profileFields(account, event.data), openedOn: taken.effectiveAt };
    case 'duestream.account.changed.v1':
      return { ...account, ...profileFields(account, event.data) };
  }
}

type Fields = Partial<OfType<'duestream.account.changed.v1'>['data']>;

function profileFields(account: AccountRow, data: Fields): Partial<AccountRow> {
  return {
    name: data.name ?? account.name,
    currency: data.currency ?? account.currency,
    country: data.country ?? account.country,
    segment: data.segment ?? account.segment,
    riskClass: data.riskClass ?? account.riskClass,
    parentId: data.parentId ?? account.parentId,
    terms: data.terms ?? account.terms,
    attributes: data.attributes === undefined ? account.attributes : JSON.stringify(data.attributes),
  };
}

export function unopened(taken: Taken): AccountRow {
  return {
    accountId: taken.accountId,
    revision: taken.revision,
    openedOn: taken.effectiveAt,
    name: '',
    currency: '',
    country: null,
    segment: null,
    riskClass: null,
    parentId: null,
    terms: null,
    attributes: '{}',
  };
}

function addProfile(set: WorkingSet, taken: Taken, { openedOn: _openedOn, ...account }: AccountRow): void {
  const added = set.profiles.get(account.accountId) ?? [];
  const last = added.pop();
  const profile: ProfileRow = {
    supersededAt: null,
    supersededSeq: null,
    ...account,
    revision: taken.revision,
    ...recorded(taken),
  };
  const superseded = last && { ...last, supersededAt: taken.recordedAt, supersededSeq: taken.seq };
  set.profiles.set(account.accountId, [...added, ...(superseded ? [superseded] : []), profile]);
}
