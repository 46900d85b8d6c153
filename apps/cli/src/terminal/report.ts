import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import { write, type Format, type Terminal } from './terminal';

export type Cell = string | number | boolean | null;

export interface Column<Row> {
  /** Header in CSV. */
  readonly name: string;
  /** Header in a table; left out: only CSV has the column. */
  readonly title?: string;
  readonly right?: boolean;
  readonly value: (row: Row) => Cell;
  /** In a table, where it differs. */
  readonly shown?: (row: Row) => string;
  /** In a table, where it takes several lines. */
  readonly lines?: (row: Row) => readonly string[];
}

/** What a command found, in the three forms that it can be asked for. */
export interface Report<Row> {
  readonly json: unknown;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Below the table, apart by a line. */
  readonly totals?: readonly Row[];
  /** CSV leaves totals out, because whoever reads it adds up what it wants; unless they are figures of their own. */
  readonly totalsInCsv?: boolean;
  /** Over the table. */
  readonly heading?: string;
  /** Instead of a table without rows. */
  readonly empty?: string;
}

export async function writeReport<Row>(report: Report<Row>, format: Format, terminal: Terminal): Promise<void> {
  await write(terminal.out, textOf(report, format));
}

function textOf<Row>(report: Report<Row>, format: Format): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(report.json, null, 2)}\n`;
    case 'csv':
      return csvOf(report);
    case 'table':
      return tableOf(report);
    default:
      return format satisfies never;
  }
}

function csvOf<Row>({ columns, rows, totals = [], totalsInCsv = false }: Report<Row>): string {
  const records = [...rows, ...(totalsInCsv ? totals : [])].map((row) => columns.map((column) => column.value(row)));
  return stringify([columns.map((column) => column.name), ...records], {
    cast: { boolean: (value) => String(value) },
    record_delimiter: '\n',
  });
}

function tableOf<Row>({ columns, rows, totals = [], heading, empty = 'nothing to show' }: Report<Row>): string {
  if (rows.length === 0) return [heading, empty].filter((line) => line !== undefined && line !== '').join('\n') + '\n';
  const title = heading === undefined ? '' : `${heading}\n\n`;
  const shownColumns = columns.filter((column) => column.title !== undefined);
  const table = new Table({
    head: shownColumns.map((column) => column.title ?? ''),
    colAligns: shownColumns.map((column) => (column.right === true ? 'right' : 'left')),
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
    chars: { ...NO_LINES, middle: '  ' },
  });
  const linesOf = (some: readonly Row[]) => some.map((row) => shownColumns.map((column) => shown(column, row)));
  table.push(...linesOf(rows), ...linesOf(totals));
  return `${title}${ruled(table.toString(), totals.length)}\n`;
}

/** A line below the header and one above the totals; none elsewhere, so that figures stand in quiet columns. */
function ruled(table: string, totals: number): string {
  const lines = table.split('\n').map((line) => line.trimEnd());
  const rule = '─'.repeat(Math.max(...lines.map((line) => line.length)));
  const body = lines.slice(1, lines.length - totals);
  const below = totals === 0 ? [] : [rule, ...lines.slice(-totals)];
  return [lines[0], rule, ...body, ...below].join('\n');
}

function shown<Row>(column: Column<Row>, row: Row): string {
  if (column.lines !== undefined) return column.lines(row).map(printable).join('\n');
  return printable(column.shown?.(row) ?? String(column.value(row) ?? ''));
}

/** Names come from elsewhere: a control character in one must not move the cursor or break the table. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
};
