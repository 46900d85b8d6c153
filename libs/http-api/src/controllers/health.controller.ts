import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Metrics, type HealthAnswer, type HealthChecks } from '@duestream/hosting';
import { HEALTH_CHECKS } from '../tokens';

const CHECK_TIMEOUT_MS = 2_000;

const LIVE = { type: 'object', required: ['status'], properties: { status: { type: 'string', enum: ['live'] } } };
const READINESS = {
  type: 'object',
  required: ['status', 'dependencies'],
  properties: {
    status: { type: 'string', enum: ['ready', 'not-ready'] },
    dependencies: {
      type: 'object',
      description: 'by name',
      additionalProperties: {
        type: 'object',
        required: ['ready'],
        properties: {
          ready: { type: 'boolean' },
          reason: { type: 'string', description: 'why not; while ready, what to look at' },
        },
      },
    },
  },
};

@ApiTags('operations')
@Controller()
export class HealthController {
  constructor(
    @Inject(HEALTH_CHECKS) private readonly checks: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @ApiOperation({ summary: 'The process answers' })
  @ApiOkResponse({ description: 'it does', schema: LIVE })
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Everything that it depends on answers; 503 with the reasons otherwise' })
  @ApiOkResponse({ description: 'everything does', schema: READINESS })
  @ApiResponse({ status: 503, description: 'something does not', schema: READINESS })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const names = Object.keys(this.checks);
    const answers = await Promise.all(Object.values(this.checks).map(checked));
    const isReady = answers.every(({ ready }) => ready);
    void reply.code(isReady ? 200 : 503).header('cache-control', 'no-store');
    if (!isReady) void reply.header('retry-after', '2');
    return {
      status: isReady ? 'ready' : 'not-ready',
      dependencies: Object.fromEntries(names.map((name, index) => [name, answers[index]])),
    };
  }

  @Get('metrics')
  @ApiOperation({ summary: 'Prometheus metrics' })
  @ApiOkResponse({ description: 'in the text format', content: { 'text/plain': { schema: { type: 'string' } } } })
  async scrape(@Res() reply: FastifyReply): Promise<void> {
    const { registry } = this.metrics;
    await reply.header('content-type', registry.contentType).send(await registry.metrics());
  }
}

async function checked(check: () => Promise<HealthAnswer>): Promise<HealthAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthAnswer>((resolve) => {
    const reason = `no answer within ${CHECK_TIMEOUT_MS} ms`;
    timer = setTimeout(() => resolve({ ready: false, reason }), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { ready: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
