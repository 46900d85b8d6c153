import { Body, Controller, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AccountProcessor,
  answerBody,
  isPassing,
  processorDetails,
  ProcessorError,
  RecordMessages,
  refusedBody,
  shapeDetails,
  type Answer,
  type MessageInContext,
} from '@duestream/application';
import {
  MAX_BATCH_MESSAGES,
  parseInbound,
  POSITION_HEADER,
  type Answer as AnswerBody,
  type AnswerList,
  type ProblemDetails,
} from '@duestream/contracts';
import type { AccountState, Enforcement } from '@duestream/domain';
import type { EventStore } from '@duestream/event-store';
import { AnswerListView } from '../dto/views';
import { BatchBody, type BatchElement } from '../edge/body-parsers';
import { HeaderField, Problems } from '../edge/described';
import { httpProblem } from '../edge/http-problem';
import { KnownQuery, oneOf, Request, type QueryText } from '../edge/parameters';
import { processorProblem } from '../edge/problem-filter';
import { actorOf, enforcementOf } from '../edge/sender';
import { EVENT_STORE } from '../tokens';

type Name = 'enforcement' | 'businessDate';

/** The batch door: compiled schemas, one answer per message in the order sent. */
@ApiTags('messages')
@Controller('v1/messages')
export class MessagesController {
  constructor(
    private readonly bus: CommandBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(AccountProcessor) private readonly processor: Pick<AccountProcessor<AccountState>, 'refusedAtTheDoor'>,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: `Inbound messages (CloudEvents 1.0), up to ${MAX_BATCH_MESSAGES} a request` })
  @ApiQuery({ name: 'enforcement', required: false, enum: ['enforce', 'observe'] })
  @ApiQuery({ name: 'businessDate', required: false, enum: ['today', 'document'] })
  @ApiConsumes('application/json', 'application/x-ndjson')
  @ApiBody({
    schema: { type: 'array', maxItems: MAX_BATCH_MESSAGES, items: { type: 'object', additionalProperties: true } },
  })
  @HeaderField('Duestream-Actor', 'who acts')
  @ApiOkResponse({ type: AnswerListView })
  @Problems(400)
  async record(
    @Body() body: unknown,
    @Query(new KnownQuery<Name>('enforcement', 'businessDate')) query: QueryText<Name>,
    @Request() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AnswerList> {
    const enforcement = enforcementOf(query.enforcement);
    const businessDate = oneOf(query.businessDate, ['today', 'document'], 'businessDate') ?? 'today';
    const actor = actorOf(request);
    const read = elementsOf(body).map((element) => readMessage(element, enforcement));
    const accepted = read.flatMap((one): MessageInContext[] =>
      one.ok ? [{ message: one.message, context: { actor, enforcement: one.enforcement, businessDate } }] : [],
    );
    const answers = accepted.length === 0 ? [] : await this.bus.execute(new RecordMessages(accepted));
    // Worth sending the whole batch again: what was written answers `duplicate` then.
    const unavailable = answers.find(isPassing);
    if (unavailable !== undefined) throw processorProblem(unavailable);
    if (accepted.length < read.length) this.processor.refusedAtTheDoor(read.length - accepted.length);
    const position = this.latest(answers);
    if (position !== null) void reply.header(POSITION_HEADER, position);
    let next = 0;
    return {
      items: read.map((one) => (one.ok ? itemOf(one.message.id, answers[next++]) : refusedBody(one.id, one.details))),
    };
  }

  /** Whoever waits for this position sees the whole batch. */
  private latest(answers: readonly (Answer | ProcessorError)[]): string | null {
    let latest: string | null = null;
    for (const answer of answers) {
      if (answer instanceof ProcessorError || answer.position === null) continue;
      if (latest === null || this.store.comparePositions(answer.position, latest) > 0) latest = answer.position;
    }
    return latest;
  }
}

type ReadMessage =
  | { readonly ok: true; readonly message: MessageInContext['message']; readonly enforcement: Enforcement }
  | { readonly ok: false; readonly id: string | null; readonly details: ProblemDetails };

function elementsOf(body: unknown): readonly BatchElement[] {
  if (!(body instanceof BatchBody)) {
    const expected = 'an array of messages, or NDJSON with Content-Type application/x-ndjson';
    throw httpProblem(400, 'batch.not-an-array', `The body is not an array; expected ${expected}.`, {
      field: 'body',
      expected,
    });
  }
  const { count, elements } = body;
  if (count <= MAX_BATCH_MESSAGES) return elements;
  const expected = `at most ${MAX_BATCH_MESSAGES} messages`;
  const detail = `The batch has ${count} messages; expected ${expected}. Nothing was written.`;
  const facts = { messages: String(count), limit: String(MAX_BATCH_MESSAGES) };
  throw httpProblem(400, 'batch.too-long', detail, { field: 'body', expected, facts });
}

function readMessage(element: BatchElement, enforcement: Enforcement): ReadMessage {
  if ('unreadable' in element) return { ok: false, id: null, details: element.unreadable.details };
  const parsed = parseInbound(element.value, { enforcement });
  return parsed.ok ? parsed : { ok: false, id: parsed.id, details: shapeDetails(parsed.problem) };
}

function itemOf(id: string, answer: Answer | ProcessorError | undefined): AnswerBody {
  if (answer === undefined) throw new Error('a message was left without an answer');
  if (answer instanceof ProcessorError) return refusedBody(id, processorDetails(answer));
  return answerBody(id, answer);
}
