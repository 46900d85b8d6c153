import type { PublicEvent } from '@duestream/contracts';
import { foldAccount } from './fold-account';
import { foldApplication, foldEndings } from './fold-applications';
import { foldBlock } from './fold-blocks';
import { foldDecision } from './fold-credit';
import { foldCreditNote, foldInvoice, foldPayment, foldRefund, foldReversal } from './fold-documents';
import { foldDisputeOpened, foldDisputeResolved } from './fold-disputes';
import { foldLimit } from './fold-limits';
import { foldMoves } from './fold-moves';
import { foldOrder, foldStatus } from './fold-orders';
import { foldWaiting } from './fold-waiting';
import type { Taken } from './taken';
import type { WorkingSet } from './working-set';

/** What one event changes in the read models. Figures come from its moves alone: no rule of the domain is repeated here. */
export function fold(set: WorkingSet, taken: Taken): void {
  foldByType(set, taken, taken.event);
  foldMoves(set, taken);
  foldStatus(set, taken);
  foldWaiting(set, taken);
}

function foldByType(set: WorkingSet, taken: Taken, event: PublicEvent): void {
  switch (event.type) {
    case 'duestream.account.opened.v1':
    case 'duestream.account.changed.v1':
      return foldAccount(set, taken, event);
    case 'duestream.account.blocked.v1':
    case 'duestream.account.unblocked.v1':
      return foldBlock(set, taken, event);
    case 'duestream.limit.set.v1':
      return foldLimit(set, taken, event);
    case 'duestream.order.placed.v1':
    case 'duestream.order.changed.v1':
    case 'duestream.order.cancelled.v1':
    case 'duestream.order.closed.v1':
    case 'duestream.order.shipped.v1':
    case 'duestream.order.invoiced.v1':
    case 'duestream.shipment.cancelled.v1':
      return foldOrder(set, taken, event);
    case 'duestream.invoice.issued.v1':
      return foldInvoice(set, taken, event);
    case 'duestream.credit-note.issued.v1':
      return foldCreditNote(set, taken, event);
    case 'duestream.payment.received.v1':
      return foldPayment(set, taken, event);
    case 'duestream.payment.reversed.v1':
      foldReversal(set, taken, event);
      return foldEndings(set, taken, event.data.ended);
    case 'duestream.payment.refunded.v1':
      foldRefund(set, taken, event);
      return foldEndings(set, taken, event.data.ended);
    case 'duestream.cash.applied.v1':
      return foldApplication(set, taken, event);
    case 'duestream.cash.unapplied.v1':
      return foldEndings(set, taken, event.data.ended);
    case 'duestream.dispute.opened.v1':
      return foldDisputeOpened(set, taken, event);
    case 'duestream.dispute.resolved.v1':
      return foldDisputeResolved(set, taken, event);
    case 'duestream.credit.approved.v1':
    case 'duestream.credit.held.v1':
    case 'duestream.credit.rejected.v1':
    case 'duestream.credit.observed.v1':
    case 'duestream.credit.released.v1':
      return foldDecision(set, taken, event);
    case 'duestream.invoice.written-off.v1':
    case 'duestream.message.waiting.v1':
    case 'duestream.message.lapsed.v1':
      return;
    default:
      return unknownEvent(event);
  }
}

/** A newer writer's event: what it says would be lost, so the projection stops here until it is upgraded. */
function unknownEvent(event: never): never {
  const { type }: { readonly type: string } = event;
  throw new Error(`the read models know no event of type ${type}`);
}
