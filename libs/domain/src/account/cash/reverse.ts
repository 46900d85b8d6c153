import { moneyText } from '../../money/money';
import { latest } from '../../time/local-date';
import { documentKey } from '../documents';
import { isKnown, refuse, type Handler } from '../draft';
import { apart } from '../personal';
import { endApplications, withdrawals } from './end-applications';

/** A payment bounced or was charged back: exactly the items that it had settled are open again. */
export const reversePayment: Handler<'payment.reversed.v1'> = (draft, { data, contentHash }) => {
  const { company = '', ...sent } = data;
  const key = documentKey('payment', company, data.paymentId);
  if (!isKnown(draft.state, key)) return { kind: 'wait', for: key };
  const cash = draft.state.cash.get(key);
  if (cash === undefined) throw new Error('the payment was not loaded before it was reversed');
  const minor = cash.minor - cash.refunded;
  if (minor === 0n) {
    return refuse('payment.refunded', `payment ${cash.number} was refunded in full`, { field: 'paymentId' });
  }
  const parts = cash.applications.map((application) => ({ application, minor: application.minor }));
  const reversedOn = latest(data.reversedOn ?? draft.businessDate, cash.on);
  const { ended, moves, invoices } = endApplications(key, cash, parts, reversedOn);
  const event = {
    company,
    ...apart(sent),
    reversedOn,
    amount: moneyText(minor, cash.currency),
    ended,
    moves: [...moves, ...withdrawals(key, cash, moves, minor, reversedOn)],
    contentHash,
  };
  draft.emit('payment.reversed.v1', event, reversedOn, [key, ...invoices]);
  return { kind: 'done' };
};
