import { Controller, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { verify, type AuditedStore, type VerifyReport } from '@duestream/audit';
import type { RebuildResult, VerifyResult } from '@duestream/contracts';
import type { AccountId } from '@duestream/domain';
import { MODEL_NAMES, ReadModels } from '@duestream/read-models';
import { Problems, QueryChoice, QueryField } from '../edge/described';
import { answerOperation, type Operation } from '../edge/ndjson-answer';
import { httpProblem, type HttpProblem } from '../edge/http-problem';
import { checkedText, given, KnownQuery, Request, type QueryText } from '../edge/parameters';
import { EVENT_STORE } from '../tokens';

/** What operators start. Answers NDJSON: progress lines, then one with the result or the problem. */
@ApiTags('operations')
@Controller('v1/operations')
export class OperationsController {
  /** The whole store: it keeps the connections busy by which this process reads it. */
  private isVerifyingAll = false;

  constructor(
    private readonly readModels: ReadModels,
    @Inject(EVENT_STORE) private readonly store: AuditedStore,
  ) {}

  @Post('rebuild')
  @HttpCode(200)
  @ApiOperation({ summary: 'Build the read models anew, prove them equal to the live ones, and swap' })
  @QueryChoice('model', MODEL_NAMES, 'report this model alone; all are built')
  @ApiOkResponse({ description: 'progress, one JSON a line; the last line has the result or the problem' })
  @Problems(400)
  @ApiProduces('application/x-ndjson')
  async rebuild(
    @Query(new KnownQuery('model')) { model }: QueryText<'model'>,
    @Request() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (model !== undefined && !MODEL_NAMES.includes(model)) throw unknownModel(model);
    await answerOperation<RebuildResult>(
      async (onProgress, signal) => {
        const outcome = await this.readModels.rebuild({ onProgress, signal });
        return model === undefined ? outcome : reported(outcome, model);
      },
      request,
      reply,
    );
  }

  @Post('verify')
  @HttpCode(200)
  @ApiOperation({ summary: 'Prove from the hash chains that no event was altered, dropped, moved or put in' })
  @QueryField('account', 'id', 'this account alone')
  @ApiOkResponse({ description: 'progress, one JSON a line; the last line has the result or the problem' })
  @Problems(400, 409)
  @ApiProduces('application/x-ndjson')
  async verify(
    @Query(new KnownQuery('account')) query: QueryText<'account'>,
    @Request() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const account =
      query.account === undefined ? undefined : (checkedText('id', query.account, 'account') as AccountId);
    const isWhole = account === undefined;
    if (isWhole && this.isVerifyingAll) throw verifyRunning();
    const operation: Operation<VerifyResult> = async (report, signal) => {
      const startedMs = performance.now();
      const verified = await verify(this.store, {
        ...given('accountId', account),
        signal,
        onProgress: ({ streams }) => report({ phase: 'verify', done: streams, total: isWhole ? null : 1 }),
      });
      if (!isWhole && verified.streams === 0) {
        throw httpProblem(404, 'account.unknown', `There is nothing of account ${account}.`, { field: 'account' });
      }
      return verifyResult(verified, performance.now() - startedMs);
    };
    await answerOperation(isWhole ? this.alone(operation) : operation, request, reply);
  }

  private alone<Result>(operation: Operation<Result>): Operation<Result> {
    return async (report, signal) => {
      this.isVerifyingAll = true;
      try {
        return await operation(report, signal);
      } finally {
        this.isVerifyingAll = false;
      }
    };
  }
}

function reported(result: RebuildResult, model: string): RebuildResult {
  return { ...result, models: result.models.filter((one) => one.model === model) };
}

function unknownModel(model: string): HttpProblem {
  const expected = `one of ${MODEL_NAMES.join(', ')}`;
  return httpProblem(400, 'model.unknown', `There is no model ${model}; expected ${expected}.`, {
    field: 'model',
    value: model,
    expected,
  });
}

function verifyRunning(): HttpProblem {
  return httpProblem(409, 'verify.running', 'The whole store is being verified already.');
}

function verifyResult({ streams, events, damages, damageCount }: VerifyReport, elapsedMs: number): VerifyResult {
  return {
    accounts: streams,
    events,
    seconds: Math.round(elapsedMs) / 1_000,
    intact: damageCount === 0,
    findings: damages.map(({ streamId, accountId, revision, kind, detail }) => {
      return { accountId: accountId ?? streamId, revision, code: kind, detail };
    }),
  };
}
