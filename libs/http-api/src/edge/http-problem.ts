import { problemDetails, shapeDetails } from '@duestream/application';
import type { Problem, ProblemDetails } from '@duestream/contracts';

/** An answer that is an error, in the form of RFC 9457. Everything that goes wrong ends as one of these. */
export class HttpProblem extends Error {
  constructor(
    readonly details: ProblemDetails,
    readonly retryAfterSeconds?: number,
  ) {
    super(details.detail);
  }
}

export function httpProblem(...problem: Parameters<typeof problemDetails>): HttpProblem {
  return new HttpProblem(problemDetails(...problem));
}

/** What was sent has not the right shape. */
export function shapeProblem(problem: Problem): HttpProblem {
  return new HttpProblem(shapeDetails(problem));
}
