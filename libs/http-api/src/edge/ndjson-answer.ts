import { PassThrough } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OperationLine, OperationProblem, OperationProgress } from '@duestream/contracts';
import { onceOver } from './once-over';
import { problemOf } from './problem-filter';

export type Operation<Result> = (report: (progress: OperationProgress) => void, signal: AbortSignal) => Promise<Result>;

/** Progress as it comes, one JSON a line, then one last line with the result or the problem. Ends with the caller. */
export async function answerOperation<Result>(
  operation: Operation<Result>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const lines = new PassThrough();
  // An operation may work for long without a line to write.
  reply.raw.setTimeout(0);
  const gone = new AbortController();
  onceOver(request, reply, () => gone.abort());
  const write = (line: OperationLine<Result>): void => {
    if (!lines.destroyed) lines.write(`${JSON.stringify(line)}\n`);
  };
  void operation(write, gone.signal)
    .then(
      (result) => write({ result }),
      (error: unknown) => write({ problem: failureOf(error) }),
    )
    .finally(() => lines.end());
  await reply.header('content-type', 'application/x-ndjson').header('cache-control', 'no-store').send(lines);
}

function failureOf(error: unknown): OperationProblem {
  if (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[a-z-]+\.[a-z-]+$/.test(error.code)
  ) {
    return { code: error.code, detail: error.message };
  }
  const { code, detail, field } = problemOf(error).details;
  return field === undefined ? { code, detail } : { code, detail, field };
}
