import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  readHistory,
  readStoredHistory,
  stateAt,
  UnreadableCursor,
  type StateView,
  type StoredHistoryItem,
} from '@duestream/audit';
import { problem, type HistoryItem, type Page } from '@duestream/contracts';
import type { AccountId } from '@duestream/domain';
import type { EventStore } from '@duestream/event-store';
import { HistoryItemView } from '../dto/query-views';
import { httpProblem, shapeProblem } from '../edge/http-problem';
import { answerList, PAGE_QUERY, type Columns, type PageAsked, type PageName } from '../edge/lists';
import { ListAnswer, PathField, Problems, QueryChoice, QueryField, QueryRevision } from '../edge/described';
import { flagOf, instantOf, KnownQuery, PathAccountId, Request, wholeNumber, type QueryText } from '../edge/parameters';
import { EVENT_STORE } from '../tokens';

type HistoryName = PageName | 'from' | 'to' | 'stored';
type StateName = 'revision' | 'knownAt';

/** What auditors see: read from the event store itself, never from a projection. */
@ApiTags('audit')
@Controller('v1/accounts/:accountId')
@PathField('accountId')
@Problems(400, 404)
export class HistoryController {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  @Get('history')
  @ApiOperation({ summary: 'The events of the account, in their order' })
  @QueryRevision('from', 'first revision, from 0')
  @QueryRevision('to', 'last revision, inclusive')
  @QueryChoice('stored', ['true', 'false'], 'the exact text that the store keeps')
  @ListAnswer(HistoryItemView)
  async history(
    @Param('accountId', PathAccountId) accountId: AccountId,
    @Query(new KnownQuery<HistoryName>('from', 'to', 'stored', ...PAGE_QUERY)) query: QueryText<HistoryName>,
    @Request() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const range = {
      from: wholeNumber(query.from, 'from', 0, Number.MAX_SAFE_INTEGER) ?? 0,
      to: wholeNumber(query.to, 'to', 0, Number.MAX_SAFE_INTEGER) ?? Number.MAX_SAFE_INTEGER,
    };
    if (flagOf(query.stored, 'stored')) {
      const page = (asked: PageAsked): Promise<Page<StoredHistoryItem>> =>
        known(accountId, () => readStoredHistory(this.store, accountId, { ...range, ...asked }));
      await answerList({ page, columns: STORED_COLUMNS }, query, request, reply);
    } else {
      const page = (asked: PageAsked): Promise<Page<HistoryItem>> =>
        known(accountId, () => readHistory(this.store, accountId, { ...range, ...asked }));
      await answerList({ page, columns: HISTORY_COLUMNS }, query, request, reply);
    }
  }

  @Get('state')
  @ApiOperation({ summary: 'The state that the events give, after a revision or as known at an instant' })
  @QueryRevision('revision', 'after this revision')
  @QueryField('knownAt', 'instant', 'RFC 3339; not together with revision')
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true } })
  async state(
    @Param('accountId', PathAccountId) accountId: AccountId,
    @Query(new KnownQuery<StateName>('revision', 'knownAt')) query: QueryText<StateName>,
  ): Promise<StateView> {
    const revision = wholeNumber(query.revision, 'revision', 0, Number.MAX_SAFE_INTEGER);
    const knownAt = instantOf(query.knownAt, 'knownAt');
    if (revision !== undefined && knownAt !== undefined) {
      throw shapeProblem(problem('query.either-or', 'knownAt', query.knownAt, 'either revision or knownAt'));
    }
    const until = revision !== undefined ? { revision } : knownAt !== undefined ? { knownAt } : 'now';
    return known(accountId, () => stateAt(this.store, accountId, until));
  }
}

async function known<T>(accountId: string, read: () => Promise<T | null>): Promise<T> {
  try {
    const found = await read();
    if (found !== null) return found;
  } catch (error) {
    if (error instanceof UnreadableCursor)
      throw shapeProblem(problem('cursor.unreadable', 'cursor', '', 'a nextCursor of this list'));
    throw error;
  }
  throw httpProblem(404, 'account.unknown', `There is nothing of account ${accountId} there.`, {
    field: 'accountId',
    facts: { accountId },
  });
}

const HISTORY_COLUMNS: Columns<HistoryItem> = {
  revision: (item) => item.revision,
  position: (item) => item.position,
  id: (item) => item.id,
  type: (item) => item.type,
  effectiveAt: (item) => item.effectiveAt,
  recordedAt: (item) => item.recordedAt,
  actor: (item) => item.actor.id,
  data: (item) => JSON.stringify(item.data),
  hash: (item) => item.hash,
};

const STORED_COLUMNS: Columns<StoredHistoryItem> = {
  revision: (item) => item.revision,
  position: (item) => item.position,
  id: (item) => item.id,
  type: (item) => item.type,
  data: (item) => item.data,
  metadata: (item) => item.metadata,
};
