import { canonicalJson, parseInbound, sha256Hex } from '@duestream/contracts';
import { documentDateOf, FIRST_DATE, isKnownById, type InboundMessage, type LocalDate } from '@duestream/domain';
import { CellProblem, cellValue } from './cells';
import type { Mapping, MessageRule, WhenValue } from './mapping';
import { render, renderText, type RowValues } from './template';

/** A message of a row, ready to be sent, with what it is sorted by. */
export interface MappedMessage {
  readonly accountId: string;
  readonly type: InboundMessage['type'];
  readonly id: string;
  readonly date: LocalDate;
  /** Among what happens on one day. */
  readonly sortedBy: string;
  readonly text: string;
}

export type MappedRow =
  | {
      readonly ok: true;
      readonly messages: readonly MappedMessage[];
      /** Opens the account. */ readonly opener: MappedMessage | null;
    }
  | { readonly ok: false; readonly id: string | null; readonly reason: string };

/** Cells by column name. */
export type Row = ReadonlyMap<string, string>;

/** A row's messages, each as the contract has it; or why the row gives none. A row is taken whole or not at all. */
export function mapRow(row: Row, mapping: Mapping): MappedRow {
  let values: RowValues;
  try {
    values = valuesOf(row, mapping);
  } catch (error) {
    if (error instanceof CellProblem) return { ok: false, id: null, reason: error.message };
    throw error;
  }
  const accountId = renderText(mapping.account, values);
  if (accountId === undefined) return { ok: false, id: null, reason: `the row names no account (${mapping.account})` };
  const messages: MappedMessage[] = [];
  for (const rule of mapping.messages) {
    if (!applies(rule, values)) continue;
    const mapped = messageOf(rule, accountId, values, mapping);
    if (!mapped.ok) return mapped;
    messages.push(mapped.message);
  }
  if (mapping.openAccount === undefined || messages.length === 0) return { ok: true, messages, opener: null };
  const opened = messageOf({ type: 'account.opened.v1', data: mapping.openAccount }, accountId, values, mapping);
  return opened.ok ? { ok: true, messages, opener: opened.message } : opened;
}

function valuesOf(row: Row, { columns }: Mapping): RowValues {
  return new Map(Object.entries(columns).map(([name, rule]) => [name, cellValue(row.get(rule.from) ?? '', rule)]));
}

function applies({ when = {} }: MessageRule, values: RowValues): boolean {
  return Object.entries(when).every(([column, wanted]) => matches(values.get(column) ?? null, wanted));
}

function matches(value: string | number | null, wanted: WhenValue): boolean {
  const text = value === null ? null : String(value);
  return wanted === null || typeof wanted === 'string' ? text === wanted : wanted.includes(text);
}

type MappedOne = { readonly ok: true; readonly message: MappedMessage } | Extract<MappedRow, { ok: false }>;

function messageOf(rule: MessageRule, accountId: string, values: RowValues, { source }: Mapping): MappedOne {
  const data = render(rule.data, values);
  const { id, sortedBy } = messageId(rule, accountId, values, data);
  const envelope = { specversion: '1.0', id, source, type: rule.type, subject: accountId, data };
  const parsed = parseInbound(envelope, { enforcement: 'enforce' });
  if (!parsed.ok) return { ok: false, id, reason: `${rule.type}: ${parsed.problem.detail}` };
  const { message } = parsed;
  const date = documentDateOf(message) ?? FIRST_DATE;
  return { ok: true, message: { accountId, type: rule.type, id, date, sortedBy, text: JSON.stringify(envelope) } };
}

const MAX_ID_CHARACTERS = 128;
const CONTENT_CHARACTERS = 16;

/**
 * The same row must give the same id in every import; `order.placed SO-77` is one that people can read. Of what has no
 * number there may be several, such as limits of an account: what they say tells them apart, and on one day they stay
 * in the order of the file.
 */
function messageId(
  rule: MessageRule,
  accountId: string,
  values: RowValues,
  data: unknown,
): Pick<MappedMessage, 'id' | 'sortedBy'> {
  const given = rule.id === undefined ? undefined : renderText(rule.id, values);
  if (given !== undefined) return { id: given, sortedBy: given };
  const document = documentParts(data);
  const type = rule.type.replace(/\.v\d+$/, '');
  const name = [type, ...(document.length === 0 ? [accountId] : document)].join(' ');
  const content = isKnownById(rule.type) ? [sha256Hex(canonicalJson(data)).slice(0, CONTENT_CHARACTERS)] : [];
  const readable = [name, ...content].join(' ');
  return {
    id: readable.length <= MAX_ID_CHARACTERS ? readable : `${rule.type} ${sha256Hex(readable)}`,
    sortedBy: document.length === 0 ? accountId : name,
  };
}

/** Company and number: the first member of the data whose name ends in `Id` is the document's own. None: it is the account's. */
function documentParts(data: unknown): readonly string[] {
  const members = data !== null && typeof data === 'object' ? Object.entries(data) : [];
  const number: unknown = members.find(([name]) => name.endsWith('Id') && name !== 'parentId')?.[1];
  const company: unknown = members.find(([name]) => name === 'company')?.[1];
  return [company, number].filter((part): part is string => typeof part === 'string');
}
