import type { LocalDate } from '../time/local-date';
import type { Instant } from '../time/instant';
import type { MoneyText } from '../money/money';
import type { DocumentRef } from './documents';
import type { AccountFields, Enforcement, MessageDataByType, MessageType } from './messages';
import type { CreditDecision } from '../policy/decision';
import type { OrderStanding, Question } from './order/standing';

/**
 * Where value stands. `unappliedCash` and `creditNotes` are positive numbers that exposure subtracts.
 */
export type Category = 'orders' | 'deliveries' | 'receivables' | 'unappliedCash' | 'creditNotes';

/**
 * One dated change of one category by one document. The sum of all moves with `effectiveAt` ≤ D is the figure as of
 * D; a category is never negative on any day. `item` names the open item (instalment number, 0 for a whole document).
 */
export interface Move {
  readonly category: Category;
  /** Signed decimal with the currency's decimals. */
  readonly amount: string;
  readonly currency: string;
  readonly effectiveAt: LocalDate;
  readonly document: DocumentRef;
  readonly item?: number;
}

/** A document that an event changes, with the revision of the event that changed it before (-1: none). */
export interface Touched {
  readonly document: DocumentRef;
  readonly previous: number;
}

export interface ReopenedDocument {
  readonly document: DocumentRef;
  readonly state: unknown;
}

/** What the event does to the figures, and which documents it belongs to. */
export interface Effects {
  readonly moves?: readonly Move[];
  readonly touched?: readonly Touched[];
  /** Closed documents that this event opens again, whole, as the deciding state holds them. Private: never published. */
  readonly reopened?: readonly ReopenedDocument[];
  /** e.g. `order.not-released`: goods went out on an order that was not released. */
  readonly flags?: readonly string[];
}

/** Events of an order say where it stands after them, so that nobody has to work it out again. */
export interface OfOrder {
  readonly order: OrderStanding;
}

/** Free text and names of persons, apart from the rest so that they can be sealed without touching it. */
export interface Personal {
  readonly reason?: string;
  readonly reference?: string;
  readonly payer?: string;
}

type Sent<T extends MessageType> = Omit<MessageDataByType[T], keyof Personal | 'company' | 'enforcement'> & {
  readonly company: string;
  readonly personal?: Personal;
  /** SHA-256 of the content as sent. */
  readonly contentHash: string;
} & Effects;

/** An open item of an invoice: `number` is the instalment's, 0 when the invoice is one item. */
export interface InvoiceItem {
  readonly number: number;
  readonly dueOn: LocalDate;
  readonly amount: MoneyText;
}

/** Something that an accepted document still waits for. `line` is the index of a remittance line. */
export interface WaitingLink {
  readonly document: DocumentRef;
  readonly line?: number;
}

/** The (partial) end of an application: `amount` is free again on both sides from `endedOn`. */
export interface EndedApplication {
  readonly applicationId: string;
  readonly company: string;
  readonly invoiceId: string;
  readonly invoiceCompany: string;
  readonly item: number;
  readonly amount: MoneyText;
  readonly appliedOn: LocalDate;
  readonly endedOn: LocalDate;
}

export interface EventDataByType {
  'account.opened.v1': Omit<Sent<'account.opened.v1'>, 'company'>;
  'account.changed.v1': AccountFields & { readonly contentHash: string } & Effects;
  'account.blocked.v1': {
    readonly blockedOn: LocalDate;
    readonly personal?: Personal;
    readonly contentHash: string;
  } & Effects;
  'account.unblocked.v1': {
    readonly unblockedOn: LocalDate;
    readonly personal?: Personal;
    readonly contentHash: string;
  } & Effects;
  'limit.set.v1': {
    readonly amount: MoneyText | null;
    readonly validFrom: LocalDate;
    readonly validTo?: LocalDate;
    readonly personal?: Personal;
    readonly contentHash: string;
    /** e.g. `limit.below-exposure` */
    readonly warnings?: readonly string[];
  } & Effects;
  'order.placed.v1': Sent<'order.placed.v1'> & { readonly orderDate: LocalDate };
  'order.changed.v1': Sent<'order.changed.v1'> &
    OfOrder & {
      readonly changedOn: LocalDate;
      /** When the change was sent, or recorded where the sender does not say: orders the changes of one day. */
      readonly changedAt: Instant;
      /** The new total may be reserved from this day without a credit decision. */
      readonly authorisedFrom?: LocalDate;
      readonly authorisedLast?: boolean;
    };
  'order.cancelled.v1': Sent<'order.cancelled.v1'> & OfOrder & { readonly cancelledOn: LocalDate };
  'order.closed.v1': Sent<'order.closed.v1'> & OfOrder & { readonly closedOn: LocalDate };
  'order.shipped.v1': Sent<'order.shipped.v1'> & OfOrder & { readonly shippedOn: LocalDate };
  'shipment.cancelled.v1': Sent<'shipment.cancelled.v1'> &
    OfOrder & {
      readonly orderId: string;
      readonly cancelledOn: LocalDate;
    };
  'invoice.issued.v1': Sent<'invoice.issued.v1'> & {
    readonly issuedOn: LocalDate;
    readonly items: readonly InvoiceItem[];
    readonly waitingFor?: readonly WaitingLink[];
  };
  /** An invoice takes its value out of its order. */
  'order.invoiced.v1': {
    readonly orderId: string;
    readonly invoiceId: string;
    readonly company: string;
    readonly amount: MoneyText;
    readonly issuedOn: LocalDate;
    readonly shipmentId?: string;
    readonly final: boolean;
  } & Effects &
    OfOrder;
  'credit-note.issued.v1': Sent<'credit-note.issued.v1'> & {
    readonly issuedOn: LocalDate;
    readonly waitingFor?: readonly WaitingLink[];
  };
  'payment.received.v1': Sent<'payment.received.v1'> & {
    readonly receivedOn: LocalDate;
    readonly waitingFor?: readonly WaitingLink[];
  };
  'payment.reversed.v1': Sent<'payment.reversed.v1'> & {
    readonly reversedOn: LocalDate;
    /** What came back: the payment less what had been refunded. */
    readonly amount: MoneyText;
    readonly ended: readonly EndedApplication[];
  };
  'payment.refunded.v1': Sent<'payment.refunded.v1'> & {
    readonly refundedOn: LocalDate;
    readonly ended: readonly EndedApplication[];
  };
  /** One application of a payment or a credit note to one open item, by hand or automatic. */
  'cash.applied.v1': {
    readonly applicationId: string;
    readonly company: string;
    readonly paymentId?: string;
    readonly creditNoteId?: string;
    readonly invoiceId: string;
    readonly invoiceCompany: string;
    readonly item: number;
    readonly amount: MoneyText;
    readonly appliedOn: LocalDate;
    /** `manual`, or the rule that matched it: `remittance`, `oldest-first`, `credit-note`. */
    readonly rule: 'manual' | 'remittance' | 'oldest-first' | 'credit-note';
    /** The remittance line that it settles. */
    readonly line?: number;
    readonly contentHash?: string;
  } & Effects;
  'cash.unapplied.v1': Sent<'cash.unapplied.v1'> & {
    readonly unappliedOn: LocalDate;
    readonly ended: readonly EndedApplication[];
  };
  'dispute.opened.v1': Sent<'dispute.opened.v1'> & { readonly openedOn: LocalDate; readonly amount: MoneyText };
  'dispute.resolved.v1': Sent<'dispute.resolved.v1'> & { readonly invoiceId: string; readonly resolvedOn: LocalDate };
  'invoice.written-off.v1': Sent<'invoice.written-off.v1'> & {
    readonly writtenOffOn: LocalDate;
    readonly amount: MoneyText;
    readonly parts: readonly { readonly item: number; readonly amount: MoneyText; readonly effectiveAt: LocalDate }[];
  };
  'credit.approved.v1': CreditEventData;
  'credit.held.v1': CreditEventData;
  'credit.rejected.v1': CreditEventData;
  'credit.observed.v1': CreditEventData;
  'credit.released.v1': CreditEventData & {
    readonly authorisation?: {
      readonly amount: MoneyText;
      readonly expiresOn?: LocalDate;
      readonly onRevision: number;
    };
  };
  /** A message kept whole until the document that it names comes. */
  'message.waiting.v1': {
    readonly message: KeptMessage;
    readonly waitingFor: DocumentRef;
    readonly personal?: Personal;
  } & Effects;
  /** What waited has nothing left to act on. */
  'message.lapsed.v1': {
    readonly document: DocumentRef;
    readonly line?: number;
    readonly waitedFor: DocumentRef;
    readonly code: string;
    readonly detail: string;
  } & Effects;
}

/** `data` is the message's data without its personal fields, which stand in the event's `personal`. */
export interface KeptMessage {
  readonly type: MessageType;
  readonly source: string;
  readonly id: string;
  readonly time?: Instant;
  readonly contentHash: string;
  readonly enforcement: Enforcement;
  readonly data: unknown;
}

export interface CreditEventData extends Effects, OfOrder {
  readonly orderId: string;
  readonly company: string;
  /** What made the decision necessary. */
  readonly trigger: 'placed' | 'changed' | 'recheck' | 'manual' | 'expired';
  /** The order's total that the decision is about. */
  readonly total: MoneyText;
  /** Null for a decision by hand, which `personal.reason` and the event's actor explain. */
  readonly decision: CreditDecision | null;
  /** The revision of the event (placed or changed) that gave the total. */
  readonly of: number;
  /** Whether the whole order is in question or only what it grew by. */
  readonly question: Question;
  /** The total may be reserved from this day. */
  readonly authorisedFrom?: LocalDate;
  /** It counts after what was decided of that day before, whatever the time at which it was sent. */
  readonly authorisedLast?: boolean;
  /** Nothing of the order may be reserved any more from this day. */
  readonly withdrawnFrom?: LocalDate;
  /** Nor may what was to be reserved from a later day. */
  readonly withdrawsLater?: boolean;
  /** What was released before passes without its release; the increase that is held stays so. */
  readonly increaseStaysHeld?: boolean;
  readonly personal?: Personal;
  /** Of the staff command behind a decision by hand. */
  readonly contentHash?: string;
}

export type EventType = keyof EventDataByType;

/** An event as `decide` gives it. */
export interface EventOf<T extends EventType> {
  readonly type: T;
  readonly data: EventDataByType[T];
  /** When it counts. */
  readonly effectiveAt: LocalDate;
  /** The message that it answers: the command at hand, or one that had waited. */
  readonly cause: { readonly source: string; readonly id: string };
}

export type AccountEvent = { [T in EventType]: EventOf<T> }[EventType];

/** An event as the stream holds it. */
export type RecordedEvent = AccountEvent & {
  /** From 0, without holes. */
  readonly revision: number;
  /** When we learnt it; never decreases within an account. */
  readonly recordedAt: Instant;
  /** The business date of the command that wrote it. */
  readonly businessDate: LocalDate;
};
