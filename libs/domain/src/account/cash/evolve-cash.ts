import type { Currency } from '../../money/currencies';
import { minorOf, moneyOf } from '../../money/money';
import { latest, type LocalDate } from '../../time/local-date';
import { documentKey, type DocumentKey } from '../documents';
import type { EndedApplication, EventOf, RecordedEvent } from '../events';
import { endedBy } from '../invoice/evolve-invoice';
import { cashKeyOf } from '../keys';
import type { AccountState } from '../state';
import type { Application, Cash } from './cash';

export function evolveCash(state: AccountState, event: RecordedEvent): AccountState {
  let cash = afterOwnEvent(state.cash, event);
  for (const move of event.data.moves ?? []) {
    if (move.category !== 'unappliedCash' && move.category !== 'creditNotes') continue;
    cash = change(cash, documentKey(move.document.kind, move.document.company, move.document.number), (one) => ({
      ...one,
      moves: [...one.moves, { minor: minorOf(move.amount, one.currency) ?? 0n, on: move.effectiveAt }],
    }));
  }
  return cash === state.cash ? state : { ...state, cash };
}

type CashMap = AccountState['cash'];

function afterOwnEvent(cash: CashMap, event: RecordedEvent): CashMap {
  switch (event.type) {
    case 'payment.received.v1': {
      const { company, paymentId, amount, receivedOn } = event.data;
      const key = documentKey('payment', company, paymentId);
      return cash.set(key, opened('payment', company, paymentId, amount, receivedOn));
    }
    case 'credit-note.issued.v1': {
      const { company, creditNoteId, amount, issuedOn } = event.data;
      const key = documentKey('credit-note', company, creditNoteId);
      return cash.set(key, opened('credit-note', company, creditNoteId, amount, issuedOn));
    }
    case 'cash.applied.v1':
      return change(cash, cashKeyOf(event), (one) => withApplication(one, event));
    case 'payment.reversed.v1': {
      const key = documentKey('payment', event.data.company, event.data.paymentId);
      return change(cash, key, (one) => ({ ...withEnded(one, endedBy(event)), reversed: true }));
    }
    case 'payment.refunded.v1': {
      const { company, paymentId, amount, refundedOn } = event.data;
      return change(cash, documentKey('payment', company, paymentId), (one) => ({
        ...withEnded(one, endedBy(event)),
        refunded: one.refunded + moneyOf(amount).minor,
        lastRefundOn: latest(refundedOn, one.lastRefundOn ?? undefined),
      }));
    }
    case 'cash.unapplied.v1': {
      const touched = event.data.touched ?? [];
      let next = cash;
      for (const { document } of touched) {
        if (document.kind !== 'payment' && document.kind !== 'credit-note') continue;
        const key = documentKey(document.kind, document.company, document.number);
        next = change(next, key, (one) => withEnded(one, endedBy(event)));
      }
      return next;
    }
    default:
      return cash;
  }
}

function opened(
  kind: Cash['kind'],
  company: string,
  number: string,
  amount: { readonly amount: string; readonly currency: string },
  on: LocalDate,
): Cash {
  return {
    kind,
    company,
    number,
    currency: amount.currency as Currency,
    on,
    minor: moneyOf(amount).minor,
    moves: [],
    freedOn: null,
    applications: [],
    applied: 0,
    refunded: 0n,
    lastRefundOn: null,
    reversed: false,
  };
}

function withApplication(cash: Cash, event: EventOf<'cash.applied.v1'>): Cash {
  const { applicationId, company, invoiceCompany, invoiceId, item, amount, appliedOn } = event.data;
  const application: Application = {
    number: applicationId,
    company,
    invoice: documentKey('invoice', invoiceCompany, invoiceId),
    item,
    minor: moneyOf(amount).minor,
    on: appliedOn,
  };
  return { ...cash, applications: [...cash.applications, application], applied: cash.applied + 1 };
}

function withEnded(cash: Cash, endings: readonly EndedApplication[]): Cash {
  let applications = cash.applications;
  let freedOn = cash.freedOn;
  for (const ended of endings) {
    const minor = moneyOf(ended.amount).minor;
    applications = applications
      .map((one) => (isThat(one, ended) ? { ...one, minor: one.minor - minor } : one))
      .filter((one) => one.minor > 0n);
    if (ended.appliedOn < ended.endedOn) freedOn = latest(ended.endedOn, freedOn ?? undefined);
  }
  return { ...cash, applications, freedOn };
}

function isThat(application: Application, ended: EndedApplication): boolean {
  return (
    application.number === ended.applicationId &&
    application.company === ended.company &&
    application.item === ended.item
  );
}

function change(cash: CashMap, key: DocumentKey, update: (one: Cash) => Cash): CashMap {
  const one = cash.get(key);
  return one === undefined ? cash : cash.set(key, update(one));
}
