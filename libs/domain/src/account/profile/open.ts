import { refuse, type Draft, type Handled, type Handler } from '../draft';
import type { AccountFields, MessageDataByType } from '../messages';
import { ACCOUNT_FIELDS, fieldsOf } from './evolve-profile';

export const openAccount: Handler<'account.opened.v1'> = (draft, { data, contentHash }) =>
  open(draft, data, contentHash);

export const changeAccount: Handler<'account.changed.v1'> = (draft, { data, contentHash }) =>
  change(draft, data, contentHash);

/** Opens the account, or changes the fields that differ; nothing at all when none does. */
export const putAccount: Handler<'account.put'> = (draft, { data, contentHash, keyless }) => {
  const profile = draft.state.profile;
  if (profile !== null) {
    const differing = fieldsOf(data);
    for (const field of ACCOUNT_FIELDS) {
      if (same(profile.fields[field], differing[field])) delete (differing as Record<string, unknown>)[field];
    }
    const isSame = Object.keys(differing).length === 0;
    // With a key it is remembered all the same: sent again later, it must not undo what came between.
    return isSame && keyless === true ? { kind: 'done' } : change(draft, differing, contentHash);
  }
  const { name, currency } = data;
  if (name === undefined || currency === undefined) {
    const field = name === undefined ? 'name' : 'currency';
    return refuse('account.incomplete', `a new account needs a ${field}`, { field });
  }
  return open(draft, { name, currency, ...data }, contentHash);
};

function open(draft: Draft, data: MessageDataByType['account.opened.v1'], contentHash: string): Handled {
  const refused = ownParent(draft, data);
  if (refused !== null) return refused;
  const { name, currency } = data;
  draft.emit('account.opened.v1', { contentHash, ...fieldsOf(data), name, currency }, draft.businessDate, []);
  return { kind: 'done' };
}

function ownParent(draft: Draft, { parentId }: AccountFields): Handled | null {
  if (parentId !== draft.state.accountId) return null;
  return refuse('account.own-parent', 'an account cannot be its own parent', { field: 'parentId' });
}

function change(draft: Draft, fields: AccountFields, contentHash: string): Handled {
  const refused = ownParent(draft, fields);
  if (refused !== null) return refused;
  const profile = draft.state.profile;
  if (fields.currency !== undefined && profile?.currencyFixed === true && fields.currency !== profile.currency) {
    return refuse('account.currency-fixed', `the account has documents, so its currency stays ${profile.currency}`, {
      field: 'currency',
    });
  }
  if (fields.currency !== undefined && fields.currency !== profile?.currency && draft.state.limits.length > 0) {
    return refuse('account.currency-fixed', `the account has a limit in ${profile?.currency ?? ''}`, {
      field: 'currency',
    });
  }
  draft.emit('account.changed.v1', { contentHash, ...fieldsOf(fields) }, draft.businessDate, []);
  return { kind: 'done' };
}

function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [entriesA, entriesB] = [Object.entries(a), new Map(Object.entries(b))];
  return entriesA.length === entriesB.size && entriesA.every(([key, value]) => entriesB.get(key) === value);
}
