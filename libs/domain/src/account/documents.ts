declare const accountIdBrand: unique symbol;
declare const documentKeyBrand: unique symbol;

/** A credit account's id: 1–128 characters, NFC, no control characters, no blanks at its ends. */
export type AccountId = string & { readonly [accountIdBrand]: true };

/** What an account's stream numbers. `message` stands for a message without a number of its own (account, source, id). */
export type DocumentKind =
  | 'account'
  | 'order'
  | 'shipment'
  | 'invoice'
  | 'credit-note'
  | 'payment'
  | 'refund'
  | 'application'
  | 'dispute'
  | 'write-off'
  | 'order-cancellation'
  | 'order-closing'
  | 'shipment-cancellation'
  | 'payment-reversal'
  | 'application-ending'
  | 'dispute-resolution'
  | 'message';

/** A document as people name it. `company` is the legal entity, "" when none is named. */
export interface DocumentRef {
  readonly kind: DocumentKind;
  readonly company: string;
  readonly number: string;
}

/** The three parts of a `DocumentRef` in one string, joined by a character that no id may hold. */
export type DocumentKey = string & { readonly [documentKeyBrand]: true };

const SEPARATOR = '\u0000';

export function documentKey(kind: DocumentKind, company: string, number: string): DocumentKey {
  return `${kind}${SEPARATOR}${company}${SEPARATOR}${number}` as DocumentKey;
}

export function documentRef(key: DocumentKey): DocumentRef {
  const [kind = '', company = '', number = ''] = key.split(SEPARATOR);
  return { kind: kind as DocumentKind, company, number };
}

/** The kind alone, for whoever needs no more. */
export function kindOf(key: DocumentKey): DocumentKind {
  return key.slice(0, key.indexOf(SEPARATOR)) as DocumentKind;
}
