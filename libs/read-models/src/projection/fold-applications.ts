import type { EndedApplication } from '@duestream/domain';
import { recorded, type OfType, type Taken } from './taken';
import type { WorkingSet } from './working-set';

export function foldApplication(set: WorkingSet, taken: Taken, event: OfType<'duestream.cash.applied.v1'>): void {
  const { data } = event;
  set.applications.push({
    accountId: taken.accountId,
    company: data.company,
    applicationId: data.applicationId,
    paymentId: data.paymentId ?? null,
    creditNoteId: data.creditNoteId ?? null,
    invoiceCompany: data.invoiceCompany,
    invoiceId: data.invoiceId,
    item: data.item,
    amount: data.amount.amount,
    currency: data.amount.currency,
    // The day given may lie before the documents; the event's is the day from which it counts.
    appliedOn: taken.effectiveAt,
    rule: data.rule,
    line: data.line ?? null,
    ...recorded(taken),
  });
}

export function foldEndings(set: WorkingSet, taken: Taken, ended: readonly EndedApplication[]): void {
  for (const [n, ending] of ended.entries()) {
    set.endings.push({
      accountId: taken.accountId,
      revision: taken.revision,
      n,
      company: ending.company,
      applicationId: ending.applicationId,
      item: ending.item,
      amount: ending.amount.amount,
      endedOn: ending.endedOn,
      ...recorded(taken),
    });
  }
}
