import { moneyOf, moneyText } from '../../money/money';
import { decisionExposure } from '../exposure';
import { refuse, type Handler } from '../draft';
import { apart } from '../personal';

/** A limit below the exposure is allowed: it warns and holds new orders, it never rewrites the past. */
export const setLimit: Handler<'limit.set.v1'> = (draft, { data, contentHash }) => {
  const currency = draft.state.profile?.currency;
  if (currency === undefined) throw new Error('a limit was set before the account was opened');
  const { amount, validFrom = draft.businessDate, validTo } = data;
  if (amount !== null && amount.currency !== currency) {
    return refuse('limit.currency', `the account's limit is in ${currency}, not ${amount.currency}`, {
      field: 'amount.currency',
    });
  }
  if (validTo !== undefined && validTo < validFrom) {
    return refuse('limit.validity', `a limit valid from ${validFrom} can't end on ${validTo}`, { field: 'validTo' });
  }
  const below =
    amount !== null && moneyOf(amount).minor < decisionExposure(draft.state, currency, draft.businessDate).total;
  const { personal } = apart(data);
  const event = {
    amount: amount === null ? null : moneyText(moneyOf(amount).minor, currency),
    validFrom,
    ...(validTo !== undefined && { validTo }),
    ...(personal !== undefined && { personal }),
    ...(below && { warnings: ['limit.below-exposure'] }),
    contentHash,
  };
  draft.emit('limit.set.v1', event, validFrom, []);
  return { kind: 'done' };
};
