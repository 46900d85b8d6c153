import type { MessageType } from '@duestream/domain';

/** How one row of a CSV file becomes messages. Read from a JSON file that `mapping-schema.ts` has accepted. */
export interface Mapping {
  readonly description?: string;
  readonly csv?: CsvFormat;
  /** The messages' `source`. */
  readonly source: string;
  /** The messages' `subject`, as a template. */
  readonly account: string;
  readonly columns: Readonly<Record<string, ColumnRule>>;
  /** Data of `account.opened.v1` for an account's first row. Left out: accounts must exist. */
  readonly openAccount?: Template;
  readonly messages: readonly MessageRule[];
}

export interface CsvFormat {
  readonly delimiter?: string;
  readonly encoding?: 'utf-8' | 'windows-1252' | 'iso-8859-1';
}

export interface ColumnRule {
  /** The column's name in the file's header. */
  readonly from: string;
  /** Default `text`. */
  readonly as?: 'text' | 'date' | 'amount' | 'integer';
  /** Of dates: `yyyy`, `mm` or `m`, `dd` or `d` and separators. Default `yyyy-mm-dd`. */
  readonly format?: string;
  /** Of amounts. Default `.`. */
  readonly decimal?: '.' | ',';
  /** Of amounts; none by default. */
  readonly thousands?: ',' | '.' | ' ' | "'";
  /** In this order, after blanks at the ends are taken off. */
  readonly clean?: readonly CleanStep[];
}

export type CleanStep =
  | 'strip-trailing-.0'
  | 'collapse-blanks'
  | 'upper'
  | 'lower'
  | 'nfc'
  | { readonly pad: number; readonly with: string; readonly when?: 'digits' }
  | { readonly replace: string; readonly with: string };

export interface MessageRule {
  readonly type: MessageType;
  /** The message's id as a template. Default: the type and the document's number, or the account and a hash of the data. */
  readonly id?: string;
  /** Column by column: the value, or one of several, after clean-up; null for empty. All must hold. */
  readonly when?: Readonly<Record<string, WhenValue>>;
  readonly data: Template;
}

export type WhenValue = string | null | readonly (string | null)[];

/**
 * A message's `data` with `{column}` in its strings. A string that is one column alone takes that column's value and
 * type. A member whose column is empty is left out.
 */
export type Template = { readonly [member: string]: TemplateValue };
export type TemplateValue = string | number | boolean | null | Template | readonly TemplateValue[];
