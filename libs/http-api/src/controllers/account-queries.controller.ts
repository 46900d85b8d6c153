import { Controller, Get, Param, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccountView, ExposureView, InvoiceView, OrderView, PaymentView } from '@duestream/contracts';
import type { AccountId } from '@duestream/domain';
import { ReadModels } from '@duestream/read-models';
import { OPEN_ITEM_COLUMNS } from '../columns';
import * as views from '../dto/query-views';
import { shown, shownPages } from '../edge/answered';
import { AsOf, FromReadModels, ListAnswer, PathField, QueryField } from '../edge/described';
import { answerList, PAGE_QUERY, type PageName } from '../edge/lists';
import { MinPosition } from '../edge/min-position';
import { companyOf, KnownQuery, PathAccountId, PathId, pointOf, Request, type QueryText } from '../edge/parameters';

type CompanyQuery = QueryText<'company'>;
type PointName = 'asOf' | 'knownAt';

@ApiTags('queries')
@Controller('v1/accounts/:accountId')
@UseInterceptors(MinPosition)
@FromReadModels()
@PathField('accountId')
export class AccountQueriesController {
  constructor(private readonly readModels: ReadModels) {}

  @Get()
  @ApiOperation({ summary: 'The account as it is now' })
  @ApiOkResponse({ type: views.AccountView })
  account(
    @Param('accountId', PathAccountId) accountId: AccountId,
    @Query(new KnownQuery()) _query: QueryText<never>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccountView> {
    return shown(this.readModels.queries.account(accountId), reply);
  }

  @Get('exposure')
  @ApiOperation({ summary: 'Exposure by category, limit, available, utilisation' })
  @AsOf()
  @ApiOkResponse({ type: views.ExposureView })
  exposure(
    @Param('accountId', PathAccountId) accountId: AccountId,
    @Query(new KnownQuery<PointName>('asOf', 'knownAt')) query: QueryText<PointName>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExposureView> {
    return shown(this.readModels.queries.exposure(accountId, pointOf(query)), reply);
  }

  @Get('open-items')
  @ApiOperation({ summary: 'Open items with their days past due' })
  @AsOf()
  @ListAnswer(views.OpenItemView)
  async openItems(
    @Param('accountId', PathAccountId) accountId: AccountId,
    @Query(new KnownQuery<PointName | PageName>('asOf', 'knownAt', ...PAGE_QUERY))
    query: QueryText<PointName | PageName>,
    @Request() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const point = pointOf(query);
    const page = shownPages((asked) => this.readModels.queries.openItems(accountId, { ...point, ...asked }), reply);
    await answerList({ page, columns: OPEN_ITEM_COLUMNS }, query, request, reply);
  }

  @Get('orders/:orderId')
  @PathField('orderId')
  @ApiOperation({ summary: 'An order: status, amounts by stage, decision' })
  @QueryField('company', 'company', 'the legal entity of the document')
  @ApiOkResponse({ type: views.OrderView })
  order(
    @Param('accountId', PathAccountId) accountId: AccountId,
    @Param('orderId', new PathId('orderId')) number: string,
    @Query(new KnownQuery('company')) query: CompanyQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderView> {
    return shown(this.readModels.queries.order({ accountId, number, company: companyOf(query.company) }), reply);
  }

  @Get('invoices/:invoiceId')
  @PathField('invoiceId')
  @ApiOperation({ summary: 'An invoice: items, applications, what is open and disputed' })
  @QueryField('company', 'company', 'the legal entity of the document')
  @ApiOkResponse({ type: views.InvoiceView })
  invoice(
    @Param('accountId', PathAccountId) accountId: AccountId,
    @Param('invoiceId', new PathId('invoiceId')) number: string,
    @Query(new KnownQuery('company')) query: CompanyQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InvoiceView> {
    return shown(this.readModels.queries.invoice({ accountId, number, company: companyOf(query.company) }), reply);
  }

  @Get('payments/:paymentId')
  @PathField('paymentId')
  @ApiOperation({ summary: 'A payment: applications, what is unapplied' })
  @QueryField('company', 'company', 'the legal entity of the document')
  @ApiOkResponse({ type: views.PaymentView })
  payment(
    @Param('accountId', PathAccountId) accountId: AccountId,
    @Param('paymentId', new PathId('paymentId')) number: string,
    @Query(new KnownQuery('company')) query: CompanyQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PaymentView> {
    return shown(this.readModels.queries.payment({ accountId, number, company: companyOf(query.company) }), reply);
  }
}
