import { CliError } from '../terminal/cli-error';
import { readCsvRecords, type CsvRecord } from './csv-records';
import type { ImportItem, ImportSource, ItemsRead, MessageItem, RefusedItem } from './items';
import { mapRow, type MappedMessage, type Row } from './mapping/map-row';
import type { Mapping } from './mapping/mapping';
import { compareMessages } from './mapping/message-order';

/** A CSV file, mapped: its messages in the order in which they happened. */
export interface CsvPlan {
  readonly source: ImportSource;
  /** How many messages each line gives. */
  readonly messagesByLine: ReadonlyMap<number, number>;
}

interface PlannedMessage extends MappedMessage {
  readonly line: number;
  readonly isOpener: boolean;
}

const ITEMS_PER_GROUP = 1_000;

/** Reads the whole file first: what happened first may stand last. */
export async function csvPlan(file: string, mapping: Mapping): Promise<CsvPlan> {
  const refused: RefusedItem[] = [];
  const planned: PlannedMessage[] = [];
  const openers = new Map<string, PlannedMessage>();
  const messagesByLine = new Map<number, number>();
  for await (const { line, row, problem } of rowsOf(file, mapping)) {
    const mapped = row === null ? { ok: false as const, id: null, reason: problem } : mapRow(row, mapping);
    if (!mapped.ok) {
      refused.push({ line, id: mapped.id, reason: mapped.reason });
      continue;
    }
    if (mapped.messages.length === 0) {
      refused.push({ line, id: null, reason: 'no message of the mapping applies to the row' });
      continue;
    }
    messagesByLine.set(line, mapped.messages.length);
    for (const message of mapped.messages) planned.push({ ...message, line, isOpener: false });
    if (mapped.opener !== null) addOpener(openers, { ...mapped.opener, line, isOpener: true }, mapped.messages);
  }
  const messages = [...openers.values(), ...planned].sort(compareMessages);
  return { source: sourceOf(refused, messages), messagesByLine };
}

/** The first row in the file gives the account's data; it is opened on the day of the first thing that happens to it. */
function addOpener(
  openers: Map<string, PlannedMessage>,
  opener: PlannedMessage,
  messages: readonly MappedMessage[],
): void {
  const known = openers.get(opener.accountId);
  const days = messages.map(({ date }) => date);
  const first = [...(known === undefined ? [] : [known.date]), ...days].reduce((a, b) => (b < a ? b : a));
  openers.set(opener.accountId, { ...(known ?? opener), date: first });
}

type NumberedRow =
  | { readonly line: number; readonly row: Row; readonly problem: null }
  | { readonly line: number; readonly row: null; readonly problem: string };

async function* rowsOf(file: string, { csv = {}, columns }: Mapping): AsyncGenerator<NumberedRow> {
  let header: readonly string[] | null = null;
  for await (const records of readCsvRecords(file, csv)) {
    for (const record of records) {
      if (header === null)
        header = headerOf(
          record,
          file,
          Object.values(columns).map(({ from }) => from),
        );
      else if (!isBlank(record)) yield rowOf(record, header);
    }
  }
}

function headerOf(record: CsvRecord, file: string, needed: readonly string[]): readonly string[] {
  if ('problem' in record) throw new CliError('csv.header', `the header of ${file} cannot be read: ${record.problem}`);
  const header = record.cells.map((cell) => cell.trim());
  const missing = needed.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new CliError(
      'csv.header',
      `${file} has no column ${missing.join(', ')}; its header names ${header.join(', ')}`,
    );
  }
  return header;
}

function rowOf(record: CsvRecord, header: readonly string[]): NumberedRow {
  const { line } = record;
  if ('problem' in record) return { line, row: null, problem: record.problem };
  if (record.cells.length !== header.length) {
    return {
      line,
      row: null,
      problem: `the row has ${record.cells.length} cells; expected ${header.length} as in the header`,
    };
  }
  return { line, row: new Map(header.map((name, index) => [name, record.cells[index] ?? ''])), problem: null };
}

function isBlank(record: CsvRecord): boolean {
  return 'cells' in record && record.cells.every((cell) => cell.trim() === '');
}

function sourceOf(refused: readonly RefusedItem[], messages: readonly PlannedMessage[]): ImportSource {
  return { total: messages.length, items: groupsOf(refused, messages) };
}

async function* groupsOf(
  refused: readonly RefusedItem[],
  messages: readonly PlannedMessage[],
): AsyncGenerator<ItemsRead> {
  yield { items: refused, done: 0 };
  for (let at = 0; at < messages.length; at += ITEMS_PER_GROUP) {
    const items: ImportItem[] = messages.slice(at, at + ITEMS_PER_GROUP).map(itemOf);
    yield { items, done: at };
  }
}

function itemOf({ line, text, isOpener }: PlannedMessage): MessageItem {
  return { line, text, ...(isOpener ? { isOpener } : {}) };
}
