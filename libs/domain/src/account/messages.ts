import type { LocalDate } from '../time/local-date';
import type { Instant } from '../time/instant';
import type { Terms } from '../time/terms';
import type { MoneyText } from '../money/money';
import type { AccountId } from './documents';

/** `observe` records what would have been decided and lets the order through. */
export type Enforcement = 'enforce' | 'observe';

interface OfCompany {
  /** Legal entity; "" when left out. Part of the document's key. */
  readonly company?: string;
}

export interface AccountFields {
  readonly name?: string;
  readonly currency?: string;
  readonly country?: string;
  readonly segment?: string;
  readonly riskClass?: string;
  readonly parentId?: string;
  readonly terms?: Terms;
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface OrderLine {
  readonly [field: string]: unknown;
}

export interface RemittanceLine {
  readonly invoiceId: string;
  /** The invoice's company where it is not the message's own. */
  readonly invoiceCompany?: string;
  readonly amount?: MoneyText;
  readonly instalment?: number;
}

export interface Instalment {
  readonly number: number;
  readonly dueOn: LocalDate;
  readonly amount: MoneyText;
}

/** `data` of each inbound message, as sent and after its schema has accepted it. */
export interface MessageDataByType {
  'account.opened.v1': AccountFields & { readonly name: string; readonly currency: string };
  'account.changed.v1': AccountFields;
  'account.blocked.v1': { readonly reason: string; readonly blockedOn?: LocalDate };
  'account.unblocked.v1': { readonly reason: string; readonly unblockedOn?: LocalDate };
  'limit.set.v1': {
    readonly amount: MoneyText | null;
    readonly validFrom?: LocalDate;
    readonly validTo?: LocalDate;
    readonly reason?: string;
  };
  'order.placed.v1': OfCompany & {
    readonly orderId: string;
    readonly amount: MoneyText;
    readonly orderDate?: LocalDate;
    readonly shipBy?: LocalDate;
    readonly terms?: Terms;
    readonly lines?: readonly OrderLine[];
    readonly enforcement?: Enforcement;
  };
  'order.changed.v1': OfCompany & {
    readonly orderId: string;
    readonly amount?: MoneyText;
    readonly shipBy?: LocalDate;
    readonly terms?: Terms;
    readonly changedOn?: LocalDate;
    readonly enforcement?: Enforcement;
  };
  'order.cancelled.v1': OfCompany & {
    readonly orderId: string;
    readonly reason?: string;
    readonly cancelledOn?: LocalDate;
  };
  'order.closed.v1': OfCompany & { readonly orderId: string; readonly reason?: string; readonly closedOn?: LocalDate };
  'order.shipped.v1': OfCompany & {
    readonly shipmentId: string;
    readonly orderId: string;
    readonly amount: MoneyText;
    readonly shippedOn?: LocalDate;
  };
  'shipment.cancelled.v1': OfCompany & { readonly shipmentId: string; readonly cancelledOn?: LocalDate };
  'invoice.issued.v1': OfCompany & {
    readonly invoiceId: string;
    readonly amount: MoneyText;
    readonly issuedOn?: LocalDate;
    readonly dueOn?: LocalDate;
    readonly terms?: Terms;
    readonly orderId?: string;
    readonly shipmentId?: string;
    readonly final?: boolean;
    readonly instalments?: readonly Instalment[];
  };
  'credit-note.issued.v1': OfCompany & {
    readonly creditNoteId: string;
    readonly amount: MoneyText;
    readonly issuedOn?: LocalDate;
    readonly invoiceId?: string;
    readonly reason: string;
  };
  'payment.received.v1': OfCompany & {
    readonly paymentId: string;
    readonly amount: MoneyText;
    readonly receivedOn?: LocalDate;
    readonly remittance?: readonly RemittanceLine[];
    readonly reference?: string;
    readonly payer?: string;
  };
  'payment.reversed.v1': OfCompany & {
    readonly paymentId: string;
    readonly reversedOn?: LocalDate;
    readonly reason: string;
  };
  'payment.refunded.v1': OfCompany & {
    readonly refundId: string;
    readonly paymentId: string;
    readonly amount: MoneyText;
    readonly refundedOn?: LocalDate;
  };
  'cash.applied.v1': OfCompany & {
    readonly applicationId: string;
    readonly paymentId?: string;
    readonly creditNoteId?: string;
    readonly invoiceId: string;
    readonly invoiceCompany?: string;
    readonly instalment?: number;
    readonly amount: MoneyText;
    readonly appliedOn?: LocalDate;
  };
  'cash.unapplied.v1': OfCompany & { readonly applicationId: string; readonly unappliedOn?: LocalDate };
  'dispute.opened.v1': OfCompany & {
    readonly disputeId: string;
    readonly invoiceId: string;
    readonly amount?: MoneyText;
    readonly reason: string;
    readonly openedOn?: LocalDate;
  };
  'dispute.resolved.v1': OfCompany & {
    readonly disputeId: string;
    readonly outcome: 'valid' | 'invalid';
    readonly resolvedOn?: LocalDate;
  };
  'invoice.written-off.v1': OfCompany & {
    readonly writeOffId: string;
    readonly invoiceId: string;
    readonly amount?: MoneyText;
    readonly reason: string;
    readonly writtenOffOn?: LocalDate;
  };
}

export type MessageType = keyof MessageDataByType;

/** What staff do by hand. Not an inbound message: there is a person behind each. */
export interface StaffDataByType {
  /** Opens the account or changes the fields that differ. */
  'account.put': AccountFields;
  'order.release': OfCompany & {
    readonly orderId: string;
    readonly reason: string;
    readonly amount?: MoneyText;
    readonly expiresOn?: LocalDate;
  };
  'order.reject': OfCompany & { readonly orderId: string; readonly reason: string };
  /** Looks again at what is held: the business date moved or a policy changed. */
  'credit.recheck': Readonly<Record<string, never>>;
}

export type StaffType = keyof StaffDataByType;
export type CommandType = MessageType | StaffType;
export type CommandDataByType = MessageDataByType & StaffDataByType;

/** A message on its way into an account, after its schema accepted it. */
export interface CommandOf<T extends CommandType> {
  readonly type: T;
  readonly accountId: AccountId;
  readonly source: string;
  readonly id: string;
  /** When the sender says that it sent it; breaks ties between changes of one day. */
  readonly time?: Instant;
  readonly data: CommandDataByType[T];
  /** SHA-256 (hex) of the canonical JSON of `data` as sent: the same key with another hash is a conflict. */
  readonly contentHash: string;
  /** True when the sender gave no id of its own, so that `id` says nothing about repetition (REST without Idempotency-Key). */
  readonly keyless?: boolean;
}

export type Command = { [T in CommandType]: CommandOf<T> }[CommandType];
export type InboundMessage = { [T in MessageType]: CommandOf<T> }[MessageType];
