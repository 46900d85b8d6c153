import { problemType, type Problem, type ProblemDetails } from '@duestream/contracts';
import type { Refusal } from '@duestream/domain';
import { CommandTooLarge, DecisionBroken, type ProcessorError } from '../processor/errors';
import type { RefusedAnswer } from '../processor/requests';
import { sentContent } from './sent-content';

type Extras = Pick<ProblemDetails, 'field' | 'value' | 'expected' | 'facts' | 'contents'>;

/** A problem as every door tells it. */
export function problemDetails(status: number, code: string, detail: string, extras: Extras = {}): ProblemDetails {
  return { type: problemType(code), title: TITLES[status] ?? 'Error', status, detail, code, ...extras };
}

export function shapeDetails({ code, detail, field, value, expected }: Problem): ProblemDetails {
  const status = code === 'message.too-large' ? 413 : 400;
  return problemDetails(status, code, detail, { field, ...(value === null ? {} : { value }), expected });
}

/** How a command came: as a message with its `data`, or as a request of its own whose body is the data. */
export type Door = 'message' | 'request';

/** A command that the account's past or a rule refuses. The field at fault is named as whoever sent it knows it. */
export function refusalDetails({ refusal, contents }: RefusedAnswer, door: Door): ProblemDetails {
  const more: { -readonly [Name in keyof ProblemDetails]?: ProblemDetails[Name] } = {};
  const field = fieldOf(refusal, door);
  if (field !== undefined) more.field = field;
  if (refusal.facts !== undefined) more.facts = refusal.facts;
  if (contents !== undefined) more.contents = { first: sentContent(contents.recorded), second: contents.sent };
  return problemDetails(STATUS_BY_KIND[refusal.kind], refusal.code, refusal.detail, more);
}

function fieldOf(refusal: RefusedAnswer['refusal'], door: Door): string | undefined {
  // Only a request can expect a revision.
  if (refusal.kind === 'stale') return 'If-Match';
  if (refusal.commandField !== undefined) return COMMAND_FIELDS[door][refusal.commandField];
  if (refusal.field === undefined || door === 'request') return refusal.field;
  return `data.${refusal.field}`;
}

const COMMAND_FIELDS = {
  message: { accountId: 'subject', id: 'id' },
  request: { accountId: 'accountId', id: 'Idempotency-Key' },
} as const;

/** Why there is no answer. */
export function processorDetails(error: ProcessorError): ProblemDetails {
  if (error instanceof DecisionBroken) {
    return problemDetails(
      500,
      'internal',
      'This command could not be decided. It is in the log, and nothing was written.',
    );
  }
  if (error instanceof CommandTooLarge) {
    const facts = { bytes: String(error.bytes), limitBytes: String(error.limitBytes) };
    return problemDetails(413, 'command.too-large', error.message, { facts });
  }
  return problemDetails(503, `processor.${error.code}`, `${capitalised(error.message)}. Send it again later.`);
}

const STATUS_BY_KIND: Readonly<Record<Refusal['kind'] | 'stale', number>> = {
  unknown: 404,
  conflict: 409,
  stale: 409,
  rule: 422,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'What was sent has not the right shape',
  403: 'Not for pages of others',
  404: 'Unknown',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Too slow',
  409: 'Conflict',
  413: 'Too large',
  414: 'Address too long',
  415: 'Media type not supported',
  417: 'Expectation failed',
  421: 'Not the host that was called',
  422: 'Refused by a rule',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  503: 'Not available now',
};

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
