import { Controller, Get, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReadModels } from '@duestream/read-models';
import { ACCOUNT_COLUMNS, agingColumns, AT_RISK_COLUMNS, HOLD_COLUMNS, WAITING_COLUMNS } from '../columns';
import * as views from '../dto/query-views';
import { shownPages } from '../edge/answered';
import { AsOf, FromReadModels, ListAnswer, QueryChoice, QueryField } from '../edge/described';
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
const SORTS = ['accountId', '-accountId', 'name', '-name'] as const;
const GROUPINGS = ['portfolio', 'account', 'segment'] as const;
const TIERS = ['ok', 'watch', 'at-risk', 'critical'] as const;

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
  @QueryField('segment', 'name', 'exactly this')
  @QueryField('country', 'name', 'exactly this')
  @QueryField('riskClass', 'name', 'exactly this')
  @QueryField('currency', 'name', 'exactly this')
  @QueryField('parentId', 'name', 'exactly this')
  @QueryChoice('blocked', ['true', 'false'], 'exactly this')
  @QueryField('text', 'name', 'part of the id or the name')
  @QueryChoice('sort', SORTS, 'ascending, or descending with a minus')
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
      ...given('sort', oneOf(query.sort, SORTS, 'sort')),
    };
    const page = shownPages((one) => this.readModels.queries.accounts({ ...asked, ...one }), reply);
    await answerList({ page, columns: ACCOUNT_COLUMNS }, query, request, reply);
  }

  @Get('aging')
  @ApiOperation({ summary: 'Open amounts by days past due' })
  @AsOf()
  @QueryChoice('by', GROUPINGS, 'a row for each')
  @QueryField('currency', 'currency', 'this one alone')
  @ApiQuery({
    name: 'buckets',
    required: false,
    description: 'last days of the buckets, rising: 30,60,90',
    schema: { type: 'string', pattern: '^\\d{1,5}(,\\d{1,5}){0,19}$' },
  })
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
      ...given('by', oneOf(query.by, GROUPINGS, 'by')),
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
  @QueryChoice('tier', TIERS, 'this one alone')
  @QueryField('asOf', 'date', 'YYYY-MM-DD; the business date')
  @ListAnswer(views.AtRiskItemView)
  async atRisk(
    @Query(new KnownQuery<AtRiskName>('tier', 'asOf', ...PAGE_QUERY)) query: QueryText<AtRiskName>,
    @Request() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = {
      ...given('tier', oneOf(query.tier, TIERS, 'tier')),
      ...given('asOf', dateOf(query.asOf, 'asOf')),
    };
    const page = shownPages((one) => this.readModels.queries.atRisk({ ...asked, ...one }), reply);
    await answerList({ page, columns: AT_RISK_COLUMNS }, query, request, reply);
  }

  @Get('holds')
  @ApiOperation({ summary: 'Held orders, oldest first' })
  @QueryField('accountId', 'id', 'this one alone')
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
  @QueryField('accountId', 'id', 'this one alone')
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
