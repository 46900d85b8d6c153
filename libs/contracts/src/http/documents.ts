import type { CreditDecision, DocumentRef, MoneyText, OrderStatus } from '@duestream/domain';

/** A held order, oldest first. */
export interface HoldItem {
  readonly accountId: string;
  readonly company: string;
  readonly orderId: string;
  readonly orderDate: string;
  readonly amount: MoneyText;
  readonly heldAt: string;
  readonly decision: CreditDecision | null;
}

/** A message, or a link of an accepted one, that waits for its document. */
export interface WaitingItem {
  readonly accountId: string;
  readonly messageType: string;
  readonly messageSource: string;
  readonly messageId: string;
  /** The waiting document, where the message has one. */
  readonly document: DocumentRef | null;
  readonly waitingFor: DocumentRef;
  readonly since: string;
}

export interface OrderView {
  readonly accountId: string;
  readonly company: string;
  readonly orderId: string;
  readonly status: OrderStatus;
  readonly orderDate: string;
  readonly shipBy: string | null;
  readonly currency: string;
  readonly amount: string;
  /** By stage: what is ordered and still to ship, shipped and still to invoice, invoiced. */
  readonly open: string;
  readonly shipped: string;
  readonly invoiced: string;
  readonly flags: readonly string[];
  readonly decision: CreditDecision | null;
}

export interface ApplicationView {
  readonly applicationId: string;
  readonly company: string;
  readonly paymentId: string | null;
  readonly creditNoteId: string | null;
  readonly invoiceId: string;
  readonly invoiceCompany: string;
  readonly item: number;
  readonly amount: string;
  readonly appliedOn: string;
  readonly rule: string;
  /** What of it still stands. */
  readonly standing: string;
}

export interface InvoiceView {
  readonly accountId: string;
  readonly company: string;
  readonly invoiceId: string;
  readonly issuedOn: string;
  readonly currency: string;
  readonly amount: string;
  readonly open: string;
  readonly disputed: string;
  readonly status: 'open' | 'paid';
  readonly items: readonly {
    readonly item: number;
    readonly dueOn: string;
    readonly amount: string;
    readonly open: string;
  }[];
  readonly applications: readonly ApplicationView[];
}

export interface PaymentView {
  readonly accountId: string;
  readonly company: string;
  readonly paymentId: string;
  readonly receivedOn: string;
  readonly currency: string;
  readonly amount: string;
  readonly unapplied: string;
  readonly status: 'open' | 'applied' | 'reversed';
  readonly refunded: string;
  readonly applications: readonly ApplicationView[];
}
