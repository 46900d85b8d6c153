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
  const records: CsvRecord[] = [];
  let candidates: Candidate[] = [];
  const settle = () => {
    for (const record of parseTogether(candidates, delimiter)) records.push(record);
    candidates = [];
  };
  for (let at = 0; at < lines.length;) {
    const line = lines[at];
    if (line !== undefined && isBlank(line)) {
      at++;
      continue;
    }
    const candidate = candidateAt(lines, at);
    if (candidate === 'unfinished' && !isEnd && lines.length - at < MAX_LINES_PER_RECORD) {
      settle();
      return { records, rest: lines.slice(at) };
    }
    if (candidate === 'unfinished' || candidate === 'unreadable') {
      settle();
      records.push(malformed(lines[at]));
      at++;
    } else {
      candidates.push(candidate);
      at += candidate.lines.length;
    }
  }
  settle();
  return { records, rest: [] };
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

/** Many records in one go are five times faster; one bad one among them makes each be read on its own. */
function parseTogether(candidates: readonly Candidate[], delimiter: string): readonly CsvRecord[] {
  const all = candidates.map(({ text }) => text).join('\n');
  const rows = parseText(all, delimiter);
  if (rows?.length === candidates.length)
    return rows.map((cells, index) => ({ line: lineOf(candidates[index]), cells }));
  return candidates.flatMap((candidate) => {
    const cells = parseOne(candidate, delimiter);
    if (cells !== null) return [{ line: lineOf(candidate), cells }];
    const after = recordsOf(candidate.lines.slice(1), delimiter, true).records;
    return [{ line: lineOf(candidate), problem: QUOTE_PROBLEM }, ...after];
  });
}

function parseOne({ text }: Candidate, delimiter: string): readonly string[] | null {
  const rows = parseText(text, delimiter);
  return rows?.length === 1 ? (rows[0] ?? null) : null;
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

function lineOf(candidate: Candidate | undefined): number {
  return candidate?.lines[0]?.number ?? 0;
}

function countQuotes(text: string): number {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++;
  return quotes;
}
