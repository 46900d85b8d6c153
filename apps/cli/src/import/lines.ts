import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';
import { CliError, messageOf } from '../terminal/cli-error';

/** One physical line of a file, from 1. A line that cannot be read says why instead. */
export type FileLine = { readonly number: number; readonly text: string } | UnreadableLine;

export interface UnreadableLine {
  readonly number: number;
  readonly problem: string;
}

export interface LinesRead {
  readonly lines: readonly FileLine[];
  /** Of the file, so far. */
  readonly bytesRead: number;
}

export const MAX_LINE_BYTES = 1024 * 1024;
const READ_BYTES = 256 * 1024;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The lines of a text file, in groups as they are read; LF or CRLF, with or without a byte order mark and a last line
 * end. Memory stays bounded however long a line is.
 */
export async function* readLines(file: string, encoding = 'utf-8'): AsyncGenerator<LinesRead> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  let [number, bytesRead] = [1, 0];
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  const takeLine = (end: Buffer): FileLine => {
    const isTooLong = pendingBytes + end.length > MAX_LINE_BYTES;
    const whole = isTooLong ? null : Buffer.concat([...pending, end]);
    pending = [];
    pendingBytes = 0;
    const line = whole === null ? tooLong(number) : decoded(number, whole, decoder);
    number++;
    return line;
  };
  for await (const chunk of openFile(file)) {
    const bytes = bytesRead === 0 ? withoutMark(chunk) : chunk;
    bytesRead += chunk.length;
    const lines: FileLine[] = [];
    let start = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, start)) {
      lines.push(takeLine(bytes.subarray(start, at)));
      start = at + 1;
    }
    const rest = bytes.subarray(start);
    // What is too long is counted, not kept.
    if (pendingBytes <= MAX_LINE_BYTES) pending.push(Buffer.from(rest));
    pendingBytes += rest.length;
    yield { lines, bytesRead };
  }
  yield { lines: pendingBytes === 0 ? [] : [takeLine(Buffer.alloc(0))], bytesRead };
}

async function* openFile(file: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES })) {
      yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    }
  } catch (error) {
    throw new CliError('file.unreadable', `cannot read ${file}: ${messageOf(error)}`);
  }
}

function withoutMark(chunk: Buffer): Buffer {
  const [first, second] = chunk;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new CliError('file.encoding', 'the file is UTF-16; save it as UTF-8');
  }
  return chunk.subarray(0, 3).equals(UTF8_BOM) ? chunk.subarray(3) : chunk;
}

function decoded(number: number, line: Buffer, decoder: TextDecoder): FileLine {
  const end = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
  try {
    return { number, text: decoder.decode(line.subarray(0, end)) };
  } catch {
    return { number, problem: `the line is not valid ${decoder.encoding.toUpperCase()}` };
  }
}

function tooLong(number: number): FileLine {
  return { number, problem: `the line is longer than ${MAX_LINE_BYTES} bytes` };
}

export function isBlank(line: FileLine): boolean {
  return 'text' in line && line.text.trim() === '';
}
