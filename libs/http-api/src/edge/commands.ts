import { Injectable } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import { ActByHand, answerBody, CheckOrder, RecordMessage, refusalDetails, type Answer } from '@duestream/application';
import {
  parseCommandData,
  POSITION_HEADER,
  problem,
  type Answer as AnswerBody,
  type CommandContent,
  type OrderCheck,
  type Problem,
} from '@duestream/contracts';
import type { CommandOf, CommandType, InboundMessage, MessageType, StaffType } from '@duestream/domain';
import { HttpProblem, httpProblem, shapeProblem } from './http-problem';
import { contextOf, identityOf } from './sender';
import type { Sent } from './sent';

/** Turns one REST request into one command, and its answer into the response's body and status. */
@Injectable()
export class CommandDoor {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  async record(type: MessageType, sent: Sent): Promise<AnswerBody> {
    const { command, enforcement } = commandOf(type, sent);
    // `data` has passed the schema of `type`; the compiler cannot follow that across the union.
    const message = command as InboundMessage;
    const answer = await this.commands.execute(new RecordMessage(message, contextOf(sent.request, enforcement)));
    return answered(command.id, answer, sent);
  }

  async actByHand(type: Exclude<StaffType, 'credit.recheck'>, sent: Sent): Promise<AnswerBody> {
    const { command } = commandOf(type, sent);
    const act = new ActByHand(command as ActByHand['command'], contextOf(sent.request));
    return answered(command.id, await this.commands.execute(act), sent);
  }

  /** An order that is known already, or has no number, is looked at as one more. */
  async check(sent: Sent): Promise<OrderCheck> {
    const named = sent.body['orderId'] === undefined ? null : await this.checkAs(sent, {});
    const isKnown = named?.status === 'duplicate' || (named?.status === 'refused' && named.refusal.kind === 'conflict');
    const answer = named === null || isKnown ? await this.checkAs(sent, { orderId: `check ${randomUUID()}` }) : named;
    if (answer.status === 'refused') throw new HttpProblem(refusalDetails(answer, 'request'));
    if (answer.decision === undefined)
      throw httpProblem(422, 'order.not-decided', 'This order would get no credit decision.', { field: 'body' });
    return { decision: answer.decision };
  }

  private checkAs(sent: Sent, ids: Readonly<Record<string, string>>): Promise<Answer> {
    const body = Object.assign({}, sent.body, ids);
    const { command, enforcement } = commandOf('order.placed.v1', { ...sent, body });
    return this.queries.execute(new CheckOrder(command, contextOf(sent.request, enforcement)));
  }
}

function commandOf<T extends CommandType>(
  type: T,
  { accountId, body, fromPath, company, request }: Sent,
): { readonly command: CommandOf<T> } & Pick<CommandContent<T>, 'enforcement'> {
  const ids = company === undefined ? fromPath : { company, ...fromPath };
  for (const [name, value] of Object.entries(ids)) {
    if (body[name] === undefined || body[name] === value) continue;
    throw shapeProblem(
      problem('field.contradicts-path', name, body[name], `${JSON.stringify(value)}, as in the address`),
    );
  }
  const parsed = parseCommandData(type, Object.assign({}, body, ids));
  if (!parsed.ok) throw shapeProblem(inBody(parsed.problem));
  const { data, contentHash, enforcement } = parsed.content;
  const command = { type, accountId, ...identityOf(type, request), data, contentHash };
  return enforcement === undefined ? { command } : { command, enforcement };
}

/** What is wrong with the data as a whole is wrong with the body. */
function inBody(found: Problem): Problem {
  return found.field === '' ? { ...found, field: 'body' } : found;
}

/** 202 for what waits, 200 for what was known, else 201; a PUT that made nothing new 200. A refusal is a problem. */
function answered(id: string, answer: Answer, { request, reply }: Sent): AnswerBody {
  if (answer.status === 'refused') throw new HttpProblem(refusalDetails(answer, 'request'));
  void reply.code(statusOf(answer, request.method));
  if (answer.position !== null) void reply.header(POSITION_HEADER, answer.position);
  return answerBody(id, answer);
}

function statusOf(answer: Exclude<Answer, { readonly status: 'refused' }>, method: string): number {
  if (answer.status === 'waiting') return 202;
  if (answer.status === 'duplicate') return 200;
  return method === 'PUT' && !answer.eventTypes.includes('account.opened.v1') ? 200 : 201;
}
