import { Controller, Get, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReadModels } from '@duestream/read-models';
import { ACCOUNT_COLUMNS, agingColumns, AT_RISK_COLUMNS, HOLD_COLUMNS, WAITING_COLUMNS } from '../columns';
import * as views from '../dto/query-views';
import { shownPages } from '../edge/answered';
import { AsOf, FilteredBy, FromReadModels, ListAnswer } from '../edge/described';
import { answerList, PAGE_QUERY, type PageName } from '../edge/lists';
import { MinPosition } from '../edge/min-position';
import {
  bordersOf,
  checkedText,
  dateOf,
  flagOf,
  given,
  KnownQuery,
  oneOf,
  pointOf,
  Request,
  type QueryText,
} from '../edge/parameters';

const ACCOUNT_FILTERS = ['segment', 'country', 'riskClass', 'currency', 'parentId', 'blocked', 'text', 'sort'] as const;
const FILTER_MEANINGS: Readonly<Partial<Record<string, string>>> = {
  text: 'part of the id or the name',
  sort: 'accountId, -accountId, name or -name',
};

type AccountsName = (typeof ACCOUNT_FILTERS)[number] | PageName;
type AgingName = 'asOf' | 'knownAt' | 'by' | 'currency' | 'buckets' | PageName;
type AtRiskName = 'tier' | 'asOf' | PageName;
type QueueName = 'accountId' | PageName;

@ApiTags('queries')
@Controller('v1')
@UseInterceptors(MinPosition)
@FromReadModels()
export class PortfolioQueriesController {
  constructor(private readonly readModels: ReadModels) {}

  @Get('accounts')
  @ApiOperation({ summary: 'Accounts' })
  @FilteredBy(ACCOUNT_FILTERS, FILTER_MEANINGS)
  @ListAnswer(views.AccountView)
  async accounts(
    @Query(new KnownQuery<AccountsName>(...ACCOUNT_FILTERS, ...PAGE_QUERY)) query: QueryText<AccountsName>,
    @Request() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = {
      ...given('segment', plainText(query.segment, 'segment')),
      ...given('country', plainText(query.country, 'country')),
      ...given('riskClass', plainText(query.riskClass, 'riskClass')),
      ...given('currency', plainText(query.currency, 'currency')),
      ...given('parentId', plainText(query.parentId, 'parentId')),
      ...given('blocked', query.blocked === undefined ? undefined : flagOf(query.blocked, 'blocked')),
      ...given('text', plainText(query.text, 'text')),
      ...given('sort', oneOf(query.sort, ['accountId', '-accountId', 'name', '-name'], 'sort')),
    };
    const page = shownPages((one) => this.readModels.queries.accounts({ ...asked, ...one }), reply);
    await answerList({ page, columns: ACCOUNT_COLUMNS }, query, request, reply);
  }

  @Get('aging')
  @ApiOperation({ summary: 'Open amounts by days past due' })
  @AsOf()
  @ApiQuery({ name: 'by', enum: ['portfolio', 'account', 'segment'], required: false })
  @ApiQuery({ name: 'currency', type: String, required: false })
  @ApiQuery({ name: 'buckets', type: String, required: false, description: 'last days of the buckets: 30,60,90' })
  @ListAnswer(views.AgingItemView)
  async aging(
    @Query(new KnownQuery<AgingName>('asOf', 'knownAt', 'by', 'currency', 'buckets', ...PAGE_QUERY))
    query: QueryText<AgingName>,
    @Request() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const buckets = bordersOf(query.buckets);
    const asked = {
      ...pointOf(query),
      ...given('by', oneOf(query.by, ['portfolio', 'account', 'segment'], 'by')),
      ...given(
        'currency',
        query.currency === undefined ? undefined : checkedText('currency', query.currency, 'currency'),
      ),
      buckets,
    };
    const page = shownPages((one) => this.readModels.queries.aging({ ...asked, ...one }), reply);
    await answerList({ page, columns: agingColumns(buckets) }, query, request, reply);
  }

  @Get('at-risk')
  @ApiOperation({ summary: 'Accounts by risk tier, with the reasons and their numbers' })
  @ApiQuery({ name: 'tier', enum: ['ok', 'watch', 'at-risk', 'critical'], required: false })
  @ApiQuery({ name: 'asOf', type: String, required: false })
  @ListAnswer(views.AtRiskItemView)
  async atRisk(
    @Query(new KnownQuery<AtRiskName>('tier', 'asOf', ...PAGE_QUERY)) query: QueryText<AtRiskName>,
    @Request() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = {
      ...given('tier', oneOf(query.tier, ['ok', 'watch', 'at-risk', 'critical'], 'tier')),
      ...given('asOf', dateOf(query.asOf, 'asOf')),
    };
    const page = shownPages((one) => this.readModels.queries.atRisk({ ...asked, ...one }), reply);
    await answerList({ page, columns: AT_RISK_COLUMNS }, query, request, reply);
  }

  @Get('holds')
  @ApiOperation({ summary: 'Held orders, oldest first' })
  @ApiQuery({ name: 'accountId', type: String, required: false })
  @ListAnswer(views.HoldItemView)
  async holds(
    @Query(new KnownQuery<QueueName>('accountId', ...PAGE_QUERY)) query: QueryText<QueueName>,
    @Request() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = given('accountId', accountIdOf(query));
    const page = shownPages((one) => this.readModels.queries.holds({ ...asked, ...one }), reply);
    await answerList({ page, columns: HOLD_COLUMNS }, query, request, reply);
  }

  @Get('waiting')
  @ApiOperation({ summary: 'Messages that wait for the document they name' })
  @ApiQuery({ name: 'accountId', type: String, required: false })
  @ListAnswer(views.WaitingItemView)
  async waiting(
    @Query(new KnownQuery<QueueName>('accountId', ...PAGE_QUERY)) query: QueryText<QueueName>,
    @Request() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = given('accountId', accountIdOf(query));
    const page = shownPages((one) => this.readModels.queries.waiting({ ...asked, ...one }), reply);
    await answerList({ page, columns: WAITING_COLUMNS }, query, request, reply);
  }
}

function accountIdOf(query: QueryText<QueueName>): string | undefined {
  return query.accountId === undefined ? undefined : checkedText('id', query.accountId, 'accountId');
}

/** A filter matches or not, but no database takes a NUL. */
function plainText(text: string | undefined, field: string): string | undefined {
  return text === undefined ? undefined : checkedText('name', text, field);
}
