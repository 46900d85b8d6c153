import { problemType, type Problem, type ProblemDetails } from '@duestream/contracts';
import type { RefusedAnswer } from '@duestream/application';
import type { Refusal } from '@duestream/domain';
import { sentContent } from './sent-content';

/** An answer that is an error, in the form of RFC 9457. Everything that goes wrong ends as one of these. */
export class HttpProblem extends Error {
  constructor(
    readonly details: ProblemDetails,
    readonly retryAfterSeconds?: number,
  ) {
    super(details.detail);
  }
}

type Extras = Pick<ProblemDetails, 'field' | 'value' | 'expected' | 'facts' | 'contents'>;

export function problemDetails(status: number, code: string, detail: string, extras: Extras = {}): ProblemDetails {
  return { type: problemType(code), title: TITLES[status] ?? 'Error', status, detail, code, ...extras };
}

export function httpProblem(status: number, code: string, detail: string, extras: Extras = {}): HttpProblem {
  return new HttpProblem(problemDetails(status, code, detail, extras));
}

/** What was sent has not the right shape. */
export function shapeProblem(problem: Problem): HttpProblem {
  return new HttpProblem(shapeDetails(problem));
}

export function shapeDetails({ code, detail, field, value, expected }: Problem): ProblemDetails {
  const status = code === 'message.too-large' ? 413 : 400;
  return problemDetails(status, code, detail, { field, ...(value === null ? {} : { value }), expected });
}

/** A command that the account's past or a rule refuses. */
export function refusalDetails({ refusal, contents }: RefusedAnswer): ProblemDetails {
  return problemDetails(STATUS_BY_KIND[refusal.kind], refusal.code, refusal.detail, {
    ...('field' in refusal && refusal.field !== undefined ? { field: refusal.field } : {}),
    ...(refusal.facts === undefined ? {} : { facts: refusal.facts }),
    ...(contents === undefined ? {} : { contents: { first: sentContent(contents.recorded), second: contents.sent } }),
  });
}

const STATUS_BY_KIND: Readonly<Record<Refusal['kind'] | 'stale', number>> = {
  unknown: 404,
  conflict: 409,
  stale: 409,
  rule: 422,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'What was sent has not the right shape',
  404: 'Unknown',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Too slow',
  409: 'Conflict',
  413: 'Too large',
  414: 'Address too long',
  415: 'Media type not supported',
  417: 'Expectation failed',
  422: 'Refused by a rule',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  503: 'Not available now',
};
