import type { PublicEvent } from '@duestream/contracts';
import { storedTypeOf } from '@duestream/contracts';
import type { DocumentRef, WaitingLink } from '@duestream/domain';
import type { WaitingRow } from '../entities';
import { recorded, type Taken } from './taken';
import type { WorkingSet } from './working-set';

/**
 * What waits, waits for one document. When that comes, the same append settles or lapses everything that waited for
 * it, so its arrival ends every such row; what then waits for another document is recorded anew.
 */
export function foldWaiting(set: WorkingSet, taken: Taken): void {
  const arrived = arrivedBy(taken.event);
  if (arrived !== null) {
    const { kind, company, number } = arrived;
    set.arrive({ accountId: taken.accountId, kind, company, number }, taken.seq);
  }
  const { event } = taken;
  if (event.type === 'duestream.message.waiting.v1') {
    const { message, waitingFor } = event.data;
    set.waitFor(waitingRow(taken, 0, { type: message.type, source: message.source, id: message.id }, waitingFor));
  } else if ('waitingFor' in event.data && event.type !== 'duestream.message.lapsed.v1') {
    foldLinks(set, taken, event.data.waitingFor ?? []);
  }
}

function foldLinks(set: WorkingSet, taken: Taken, links: readonly WaitingLink[]): void {
  const { event } = taken;
  const message = { type: storedTypeOf(event.type), source: event.causationsource, id: event.causationid };
  const document = arrivedBy(event);
  for (const [n, link] of links.entries()) {
    const row = waitingRow(taken, n, message, link.document);
    set.waitFor({
      ...row,
      documentKind: document?.kind ?? null,
      documentCompany: document?.company ?? null,
      documentNumber: document?.number ?? null,
      line: link.line ?? null,
    });
  }
}

/** The document that the event brings into the account, if any. */
export function arrivedBy(event: PublicEvent): DocumentRef | null {
  switch (event.type) {
    case 'duestream.order.placed.v1':
      return { kind: 'order', company: event.data.company, number: event.data.orderId };
    case 'duestream.order.shipped.v1':
      return { kind: 'shipment', company: event.data.company, number: event.data.shipmentId };
    case 'duestream.invoice.issued.v1':
      return { kind: 'invoice', company: event.data.company, number: event.data.invoiceId };
    case 'duestream.credit-note.issued.v1':
      return { kind: 'credit-note', company: event.data.company, number: event.data.creditNoteId };
    case 'duestream.payment.received.v1':
      return { kind: 'payment', company: event.data.company, number: event.data.paymentId };
    case 'duestream.cash.applied.v1':
      return { kind: 'application', company: event.data.company, number: event.data.applicationId };
    case 'duestream.dispute.opened.v1':
      return { kind: 'dispute', company: event.data.company, number: event.data.disputeId };
    case 'duestream.message.lapsed.v1':
      return event.data.waitedFor;
    default:
      return null;
  }
}

interface Message {
  readonly type: string;
  readonly source: string;
  readonly id: string;
}

function waitingRow(taken: Taken, n: number, message: Message, waitingFor: DocumentRef): WaitingRow {
  return {
    accountId: taken.accountId,
    revision: taken.revision,
    n,
    messageType: message.type,
    messageSource: message.source,
    messageId: message.id,
    documentKind: null,
    documentCompany: null,
    documentNumber: null,
    line: null,
    waitingKind: waitingFor.kind,
    waitingCompany: waitingFor.company,
    waitingNumber: waitingFor.number,
    ...recorded(taken),
    endedSeq: null,
  };
}
