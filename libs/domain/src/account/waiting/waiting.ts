import type { MoneyText } from '../../money/money';
import type { LocalDate } from '../../time/local-date';
import type { DocumentKey } from '../documents';
import type { KeptMessage } from '../events';

/** At most so many things of one account may wait at once. */
export const MAX_WAITING = 10_000;

/** Something that waits for a document that has not come yet. */
export type Waiting = {
  readonly waitsFor: DocumentKey;
  readonly revision: number;
} & (
  | { readonly kind: 'message'; readonly message: KeptMessage }
  /** An accepted document's link: an invoice's order or shipment, a remittance line, a credit note's invoice. */
  | { readonly kind: 'link'; readonly document: DocumentKey; readonly line: number | null; readonly facts: LinkFacts }
);

/** What is needed to make the link, also after the document that has it is closed. */
export type LinkFacts =
  | {
      readonly of: 'invoice';
      readonly orderId: string | null;
      readonly amount: MoneyText;
      readonly issuedOn: LocalDate;
      readonly shipmentId: string | null;
      readonly final: boolean;
    }
  /** `amount` null: as much as there is. */
  | { readonly of: 'cash'; readonly amount: MoneyText | null; readonly instalment: number | null };

/** The entry's name in the state: a kept message goes by its own key, a link by its document, line and what it waits for. */
export function linkId(document: DocumentKey, line: number | null, waitsFor: DocumentKey): string {
  return `${document}\u0001${line ?? ''}\u0001${waitsFor}`;
}
