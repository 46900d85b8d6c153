import { Controller, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { RebuildResult } from '@duestream/contracts';
import { ReadModels } from '@duestream/read-models';
import { answerOperation } from '../edge/ndjson-answer';
import { KnownQuery, type QueryText } from '../edge/parameters';

/** What operators start. Answers NDJSON: progress lines, then one with the result or the problem. */
@ApiTags('operations')
@Controller('v1/operations')
export class OperationsController {
  constructor(private readonly readModels: ReadModels) {}

  @Post('rebuild')
  @HttpCode(200)
  @ApiOperation({ summary: 'Build the read models anew, prove them equal to the live ones, and swap' })
  @ApiProduces('application/x-ndjson')
  async rebuild(@Query(new KnownQuery()) _query: QueryText<never>, @Res() reply: FastifyReply): Promise<void> {
    await answerOperation<RebuildResult>((onProgress, signal) => this.readModels.rebuild({ onProgress, signal }), reply);
  }
}
