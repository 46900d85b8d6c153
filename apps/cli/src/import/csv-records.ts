import { parse } from 'csv-parse/sync';
import type { CsvFormat } from './mapping/mapping';
import { isBlank, readLines, type FileLine } from './lines';

/** One record of a CSV file and the line on which it begins; a record that cannot be read says why instead. */
export type CsvRecord =
  { readonly line: number; readonly cells: readonly string[] } | { readonly line: number; readonly problem: string };

/** A quoted cell may hold line ends, but a quote left open must not swallow the rest of the file. */
const MAX_LINES_PER_RECORD = 100;

const QUOTE_PROBLEM = 'a quote stands where none may, or is not closed';

interface Candidate {
  readonly lines: readonly FileLine[];
  readonly text: string;
}

/** A record that is read with the others around it, or was alone. */
type Pending = Unread | CsvRecord;

interface Unread {
  readonly line: number;
  readonly text: string;
}

/**
 * The records of a CSV file in groups. A malformed record costs its first line only: reading goes on with the next
 * line, also after a quote that is never closed.
 */
export async function* readCsvRecords(
  file: string,
  { delimiter = ',', encoding = 'utf-8' }: CsvFormat,
): AsyncGenerator<readonly CsvRecord[]> {
  let unfinished: readonly FileLine[] = [];
  for await (const { lines } of readLines(file, encoding)) {
    const { records, rest } = recordsOf([...unfinished, ...lines], delimiter, false);
    unfinished = rest;
    yield records;
  }
  yield recordsOf(unfinished, delimiter, true).records;
}

function recordsOf(
  lines: readonly FileLine[],
  delimiter: string,
  isEnd: boolean,
): { readonly records: readonly CsvRecord[]; readonly rest: readonly FileLine[] } {
  const pending: Pending[] = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at];
    if (line !== undefined && isBlank(line)) {
      at++;
      continue;
    }
    const candidate = candidateAt(lines, at);
    if (candidate === 'unfinished' && !isEnd && lines.length - at < MAX_LINES_PER_RECORD) {
      return { records: readTogether(pending, delimiter), rest: lines.slice(at) };
    }
    const isMalformed = candidate === 'unfinished' || candidate === 'unreadable';
    const read = isMalformed ? malformed(lines[at]) : pendingOf(candidate, delimiter);
    pending.push(read);
    at += isMalformed || 'problem' in read ? 1 : candidate.lines.length;
  }
  return { records: readTogether(pending, delimiter), rest: [] };
}

/** As many lines from `at` as it takes for the quotes to pair up. */
function candidateAt(lines: readonly FileLine[], at: number): Candidate | 'unfinished' | 'unreadable' {
  const first = lines[at];
  if (first === undefined || 'problem' in first) return 'unreadable';
  let text = first.text;
  let quotes = countQuotes(text);
  let end = at + 1;
  while (quotes % 2 === 1) {
    const next = lines[end];
    if (next === undefined || 'problem' in next || end - at >= MAX_LINES_PER_RECORD) return 'unfinished';
    text += `\n${next.text}`;
    quotes += countQuotes(next.text);
    end++;
  }
  return { lines: lines.slice(at, end), text };
}

/**
 * One of several lines is read at once: when its quotes do not fit they pair up by chance, and the lines after the first
 * are those of other records.
 */
function pendingOf({ lines, text }: Candidate, delimiter: string): Pending {
  const unread = { line: lines[0]?.number ?? 0, text };
  return lines.length > 1 ? readAlone(unread, delimiter) : unread;
}

/** Many records in one go are five times faster; one bad one among them makes each be read on its own. */
function readTogether(pending: readonly Pending[], delimiter: string): readonly CsvRecord[] {
  const texts = pending.flatMap((one) => ('text' in one ? one.text : []));
  const rows = parseText(texts.join('\n'), delimiter);
  const isEveryOne = rows?.length === texts.length;
  let next = 0;
  return pending.map((one) => {
    if (!('text' in one)) return one;
    return isEveryOne ? { line: one.line, cells: rows[next++] ?? [] } : readAlone(one, delimiter);
  });
}

function readAlone({ line, text }: Unread, delimiter: string): CsvRecord {
  const rows = parseText(text, delimiter);
  const cells = rows?.length === 1 ? rows[0] : undefined;
  return cells === undefined ? { line, problem: QUOTE_PROBLEM } : { line, cells };
}

/** Null when the text is not CSV. */
function parseText(text: string, delimiter: string): readonly (readonly string[])[] | null {
  try {
    return parse(text, { delimiter, relax_column_count: true, record_delimiter: '\n' });
  } catch {
    // Why is found out by the caller, record by record.
    return null;
  }
}

function malformed(line: FileLine | undefined): CsvRecord {
  if (line === undefined) return { line: 0, problem: 'the line is missing' };
  return { line: line.number, problem: 'problem' in line ? line.problem : QUOTE_PROBLEM };
}

function countQuotes(text: string): number {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++;
  return quotes;
}
