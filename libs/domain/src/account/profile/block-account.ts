import { apart } from '../personal';
import type { Handler } from '../draft';

export const blockAccount: Handler<'account.blocked.v1'> = (draft, { data, contentHash }) => {
  const { blockedOn = draft.businessDate, ...sent } = data;
  draft.emit('account.blocked.v1', { blockedOn, ...apart(sent), contentHash }, blockedOn, []);
  return { kind: 'done' };
};

export const unblockAccount: Handler<'account.unblocked.v1'> = (draft, { data, contentHash }) => {
  const { unblockedOn = draft.businessDate, ...sent } = data;
  draft.emit('account.unblocked.v1', { unblockedOn, ...apart(sent), contentHash }, unblockedOn, []);
  return { kind: 'done' };
};
