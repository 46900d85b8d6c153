import { grouped } from '../terminal/figures';
import type { Report } from '../terminal/report';
import type { Format } from '../terminal/terminal';
import type { ImportReport } from './tally';

interface Row {
  /** A count's name, or `problem`. */
  readonly result: string;
  readonly lines: number | null;
  readonly line: number | null;
  readonly id: string | null;
  readonly reason: string | null;
}

const counts = ['accepted', 'duplicate', 'waiting', 'refused'] as const;

/** More scroll by than anybody reads; `--format json` has them all. */
const MAX_SHOWN_PROBLEMS = 50;

/** A table shows the problems under a line of counts; CSV has the counts as rows before them. */
export function importReport(report: ImportReport, format: Format): Report<Row> {
  const problems = report.problems.map((problem): Row => ({ result: 'problem', lines: null, ...problem }));
  const totals = counts.map((name): Row => ({ result: name, lines: report[name], line: null, id: null, reason: null }));
  const isTable = format === 'table';
  return {
    json: report,
    columns: [
      { name: 'result', value: (row) => row.result },
      { name: 'lines', value: (row) => row.lines },
      { name: 'line', title: 'line', right: true, value: (row) => row.line },
      { name: 'id', title: 'id', value: (row) => row.id },
      { name: 'reason', title: 'reason', value: (row) => row.reason },
    ],
    rows: isTable ? problems.slice(0, MAX_SHOWN_PROBLEMS) : [...totals, ...problems],
    heading: headingOf(report),
    empty: '',
  };
}

function headingOf(report: ImportReport): string {
  const parts = counts.map((name) => `${name} ${grouped(String(report[name]))}`);
  const lines = counts.reduce((sum, name) => sum + report[name], 0);
  const rate = Math.round(lines / Math.max(report.seconds, 0.01));
  const more = report.problems.length - MAX_SHOWN_PROBLEMS;
  const shortened = more > 0 ? `\n${grouped(String(more))} further problems: see --format json` : '';
  return `${parts.join(' · ')} lines in ${report.seconds} s (${grouped(String(rate))}/s)${shortened}`;
}
