import { decimalOf, minBig, moneyOf, moneyText } from '../../money/money';
import { latest } from '../../time/local-date';
import { documentKey } from '../documents';
import { isKnown, refuse, type Handler } from '../draft';
import { apart } from '../personal';
import { restOf } from './cash';
import { endApplications, latestApplications, withdrawals } from './end-applications';

/** Gives money back: unapplied cash first, then out of applications, the latest first and the last in part. */
export const refundPayment: Handler<'payment.refunded.v1'> = (draft, { data, contentHash }, late) => {
  const { company = '', ...sent } = data;
  const key = documentKey('payment', company, data.paymentId);
  if (!isKnown(draft.state, key)) return { kind: 'wait', for: key };
  const cash = draft.state.cash.get(key);
  if (cash === undefined) throw new Error('the payment was not loaded before it was refunded');
  const { minor: wished, currency } = moneyOf(data.amount);
  if (currency !== cash.currency) {
    return refuse('cash.currency', `payment ${cash.number} is in ${cash.currency}, the refund in ${currency}`, {
      field: 'amount.currency',
    });
  }
  if (cash.reversed) {
    return refuse('payment.reversed', `payment ${cash.number} was reversed`, { field: 'paymentId' });
  }
  const refundable = cash.minor - cash.refunded;
  // One that had waited takes what is left.
  const minor = late ? minBig(wished, refundable) : wished;
  if (minor > refundable || minor === 0n) {
    const facts = { amount: data.amount.amount, refundable: decimalOf(refundable, currency) };
    return refuse(
      'refund.exceeds-payment',
      `of payment ${cash.number} ${facts.refundable} ${currency} is left to refund`,
      {
        field: 'amount',
        facts,
      },
    );
  }
  const rest = restOf(cash);
  const parts = latestApplications(cash, minor > rest ? minor - rest : 0n);
  const refundedOn = latest(data.refundedOn ?? draft.businessDate, cash.on);
  const { ended, moves, invoices } = endApplications(key, cash, parts, refundedOn);
  const withdrawn = withdrawals(key, cash, moves, minor, refundedOn);
  const event = {
    company,
    ...apart(sent),
    amount: moneyText(minor, currency),
    refundedOn,
    ended,
    moves: [...moves, ...withdrawn],
    contentHash,
  };
  draft.emit('payment.refunded.v1', event, refundedOn, [key, ...invoices]);
  return { kind: 'done' };
};
