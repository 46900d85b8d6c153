import { isNativeError } from 'node:util/types';
import { type DestinationStream, type Logger, destination, pino } from 'pino';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level: string;
  /** Left out: stderr, because stdout belongs to what a command reports. */
  readonly stream?: DestinationStream;
}

/** Fields that say how much somebody owes or who they are; they never reach a log, at any level and depth up to three. */
const confidentialFields = [
  'amount',
  'amountMinor',
  'contact',
  'name',
  'password',
  'authorization',
  'payer',
  'reference',
  'remittance',
];

const deepestErrorCause = 5;

/** One JSON object a line. */
export function createLogger({ level, stream }: LoggerOptions): Logger {
  return pino(
    {
      level,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {
        err: (error: unknown) => describeError(error, 0),
        error: (error: unknown) => describeError(error, 0),
      },
      redact: { paths: confidentialFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '…' },
    },
    // Written at once: a crash must not lose the lines that explain it.
    stream ?? destination({ dest: 2, sync: true }),
  );
}

interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: DescribedError | string;
}

/** Only these fields: database errors also carry the failing row and the statement's parameters. */
function describeError(error: unknown, depth: number): DescribedError | string {
  // Errors of Node itself come from another realm inside Jest.
  if (!(error instanceof Error) && !isNativeError(error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const stack = error.stack === undefined ? {} : { stack: error.stack };
  const cause =
    error.cause === undefined || depth === deepestErrorCause ? {} : { cause: describeError(error.cause, depth + 1) };
  return { type: error.constructor.name, message: error.message, ...code, ...stack, ...cause };
}
