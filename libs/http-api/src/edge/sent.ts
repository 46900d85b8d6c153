import { applyDecorators, createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { getMetadataStorage } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccountId } from '@duestream/domain';
import { AnswerView } from '../dto/views';
import { HeaderField, PathField, Problems, QueryField } from './described';
import { checkedText, KnownQuery } from './parameters';
import { ValidatedBody } from './validated-body';

/** One single-command request: the account and other ids of its address, its body, and the exchange itself. */
export interface Sent {
  readonly accountId: AccountId;
  readonly fromPath: Readonly<Record<string, string>>;
  readonly company: string | undefined;
  /** Has the shape of the route's class; otherwise as it was sent. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The parameter of a command route; a body or address of another shape is a problem naming the field. */
export const SentAs = createParamDecorator((dto: Type<object>, context: ExecutionContext): Sent => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest>();
  const { accountId, ...fromPath } = pathIds(request.params);
  const { company } = new KnownQuery('company').transform(request.query);
  return {
    accountId: checkedText('id', accountId, 'accountId') as AccountId,
    fromPath,
    company: company === undefined ? undefined : checkedText('company', company, 'company'),
    body: new ValidatedBody(dto).transform(request.body),
    request,
    reply: http.getResponse<FastifyReply>(),
  };
});

/** How a command route is described. `ids` are the names in its address after the account's. */
export function CommandRoute(summary: string, dto: Type<object>, ids: readonly string[] = []): MethodDecorator {
  return applyDecorators(
    AskedRoute(summary, dto, ids),
    ApiResponse({ status: 200, type: AnswerView, description: 'known already: the first decision, the status of now' }),
    ApiResponse({ status: 201, type: AnswerView, description: 'recorded' }),
    ApiResponse({ status: 202, type: AnswerView, description: 'kept until the document that it names comes' }),
  );
}

/** The same without what is answered when something is recorded. */
export function AskedRoute(summary: string, dto: Type<object>, ids: readonly string[] = []): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ...['accountId', ...ids].map(PathField),
    ...(isOfCompany(dto) ? [QueryField('company', 'company', 'the legal entity of the document')] : []),
    HeaderField('Idempotency-Key', 'key of a message without a number of its own'),
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: 'the account revision that this builds upon',
      schema: { type: 'string', pattern: '^(\\*|\\d{1,15}|"\\d{1,15}")$' },
    }),
    HeaderField('Duestream-Actor', 'who acts'),
    ApiBody({ type: dto }),
    Problems(400, 404, 409, 422),
  );
}

function isOfCompany(dto: Type<object>): boolean {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return rules.some(({ propertyName }) => propertyName === 'company');
}

function pathIds(params: unknown): Readonly<Record<string, string>> {
  const entries = typeof params === 'object' && params !== null ? Object.entries(params) : [];
  return Object.fromEntries(entries.map(([name, value]) => [name, checkedText('id', value, name)]));
}
