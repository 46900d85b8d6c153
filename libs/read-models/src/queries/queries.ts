import type {
  AccountView,
  AgingBy,
  AgingItem,
  AtRiskItem,
  ExposureView,
  HoldItem,
  InvoiceView,
  OpenItemView,
  OrderView,
  PaymentView,
  RiskTier,
  WaitingItem,
} from '@duestream/contracts';
import { setTimeout } from 'node:timers/promises';
import { parseInstant, type Instant } from '@duestream/domain';
import type { EntityManager } from 'typeorm';
import type { GenerationStand } from '../database/generation';
import type { Generations } from '../database/generations';
import { UnknownAccount } from '../errors';
import { accountOf, accountsOf, type AccountsFilter, type AccountsSort } from './accounts';
import { agingOf } from './aging';
import { AtRisk } from './at-risk';
import { bucketRanges, DEFAULT_BORDERS } from './buckets';
import { decodeCursor, pageSize, type Cursor, type Listed, type PageRequest } from './cursor';
import { decisionsOf, type DecisionItem } from './decisions';
import { invoiceOf, orderOf, paymentOf, type DocumentName } from './documents';
import { exposureOf } from './exposure';
import { openItemsOf } from './open-items';
import { choosePoint, type Point, type PointClock, type PointRequest } from './point';
import { accountsToRecheck, holdsOf, waitingOf } from './queues';

/** An answer and the position in the event store that it shows; null before the first event. */
export interface Answered<Value> {
  readonly position: string | null;
  readonly value: Value;
}

export interface QueriesClock extends PointClock {
  /** The earliest of the positions that a generation's partitions have reached. */
  positionOf(stand: GenerationStand): string | null;
  /** How long from now nothing more can be recorded at the instant or before. */
  msUntilSettled(instant: Instant): number;
}

const MAX_WAIT_MS = 5_000;

export interface AgingRequest extends PointRequest, PageRequest {
  readonly by?: AgingBy;
  readonly currency?: string;
  readonly buckets?: readonly number[];
}

export interface OpenItemsRequest extends PointRequest, PageRequest {
  readonly buckets?: readonly number[];
}

export interface AtRiskRequest extends PageRequest {
  readonly tier?: RiskTier;
  readonly asOf?: string;
}

export interface AccountsRequest extends PageRequest, AccountsFilter {
  readonly sort?: AccountsSort;
}

export interface QueueRequest extends PageRequest {
  readonly accountId?: string;
}

export interface DecisionsRequest extends PageRequest {
  readonly orderId?: string;
  readonly company?: string;
}

/** What analysts and staff ask of the read models. Each answer is of one moment; errors are `QueryRefused`. */
export class Queries {
  private readonly riskAssessments = new AtRisk();

  constructor(
    private readonly generations: Generations,
    private readonly clock: QueriesClock,
  ) {}

  exposure(accountId: string, request: PointRequest = {}): Promise<Answered<ExposureView>> {
    return this.ask(request, (manager, point) => exposureOf(manager, point, accountId));
  }

  async openItems(accountId: string, request: OpenItemsRequest = {}): Promise<Answered<Listed<OpenItemView>>> {
    const ranges = bucketRanges(request.buckets ?? DEFAULT_BORDERS);
    const question = JSON.stringify(['open-items', accountId]);
    return this.list(request, question, async (manager, point, page) => {
      await mustExist(manager, accountId);
      return openItemsOf(manager, point, { accountId, ranges, question, ...page });
    });
  }

  aging(request: AgingRequest = {}): Promise<Answered<Listed<AgingItem>>> {
    const { by = 'portfolio', currency = null, buckets: borders = DEFAULT_BORDERS } = request;
    const question = JSON.stringify(['aging', by, currency, borders]);
    return this.list(request, question, (manager, point, page) =>
      agingOf(manager, point, { by, currency, borders, question, ...page }),
    );
  }

  atRisk(request: AtRiskRequest = {}): Promise<Answered<Listed<AtRiskItem>>> {
    const { tier = null } = request;
    const question = JSON.stringify(['at-risk', tier]);
    return this.list(request, question, (manager, point, page) =>
      this.riskAssessments.list(manager, point, { tier, question, ...page }),
    );
  }

  holds(request: QueueRequest = {}): Promise<Answered<Listed<HoldItem>>> {
    const { accountId = null } = request;
    const question = JSON.stringify(['holds by time', accountId]);
    return this.list(request, question, (manager, point, page) =>
      holdsOf(manager, point, { accountId, question, ...page }),
    );
  }

  /** A hint where to look when the business date moves. */
  /** With the instant up to which all that was recorded is in it. */
  accountsToRecheck(
    businessDate: string,
  ): Promise<{ readonly accounts: readonly string[]; readonly settledUntil: string }> {
    return this.generations.read(async (manager, stand) => {
      const settledUntil = await this.clock.settledUntil(stand);
      return { accounts: await accountsToRecheck(manager, businessDate), settledUntil };
    });
  }

  waiting(request: QueueRequest = {}): Promise<Answered<Listed<WaitingItem>>> {
    const { accountId = null } = request;
    const question = JSON.stringify(['waiting by time', accountId]);
    return this.list(request, question, (manager, point, page) =>
      waitingOf(manager, point, { accountId, question, ...page }),
    );
  }

  account(accountId: string): Promise<Answered<AccountView>> {
    return this.ask({}, (manager, point) => accountOf(manager, point, accountId));
  }

  accounts(request: AccountsRequest = {}): Promise<Answered<Listed<AccountView>>> {
    const { limit: _limit, cursor: _cursor, sort = 'accountId', ...filter } = request;
    const question = JSON.stringify(['accounts', sort, filter]);
    return this.list(request, question, (manager, point, page) =>
      accountsOf(manager, point, { filter, sort, question, ...page }),
    );
  }

  order(named: DocumentName): Promise<Answered<OrderView>> {
    return this.ask({}, (manager) => orderOf(manager, named));
  }

  invoice(named: DocumentName): Promise<Answered<InvoiceView>> {
    return this.ask({}, (manager, point) => invoiceOf(manager, point, named));
  }

  payment(named: DocumentName): Promise<Answered<PaymentView>> {
    return this.ask({}, (manager, point) => paymentOf(manager, point, named));
  }

  decisions(accountId: string, request: DecisionsRequest = {}): Promise<Answered<Listed<DecisionItem>>> {
    const { orderId = null, company = '' } = request;
    const question = JSON.stringify(['decisions', accountId, orderId, company]);
    return this.list(request, question, (manager, point, page) =>
      decisionsOf(manager, point, { accountId, orderId, company, question, ...page }),
    );
  }

  private async ask<Value>(
    request: PointRequest,
    work: (manager: EntityManager, point: Point) => Promise<Value>,
    after: Cursor | null = null,
  ): Promise<Answered<Value>> {
    if (after === null) await this.untilSettled(request.knownAt);
    return this.generations.read(async (manager, stand) => {
      const point = await choosePoint(request, after, stand, this.clock);
      return { position: this.clock.positionOf(stand), value: await work(manager, point) };
    });
  }

  /** An instant that is all but settled is waited for; one that lies further ahead is refused. */
  private async untilSettled(knownAt: string | undefined): Promise<void> {
    const instant = knownAt === undefined ? null : parseInstant(knownAt);
    if (instant === null) return;
    const waitMs = this.clock.msUntilSettled(instant);
    if (waitMs > 0 && waitMs <= MAX_WAIT_MS) await setTimeout(waitMs);
  }

  private async list<Item>(
    request: PointRequest & PageRequest,
    question: string,
    work: (
      manager: EntityManager,
      point: Point,
      page: { readonly after: Cursor | null; readonly size: number | null },
    ) => Promise<Listed<Item>>,
  ): Promise<Answered<Listed<Item>>> {
    const size = pageSize(request);
    const after = request.cursor === undefined ? null : decodeCursor(request.cursor, question);
    return this.ask(request, (manager, point) => work(manager, point, { after, size }), after);
  }
}

async function mustExist(manager: EntityManager, accountId: string): Promise<void> {
  const accounts: unknown[] = await manager.query(`SELECT 1 FROM accounts WHERE account_id = $1`, [accountId]);
  if (accounts.length === 0) throw new UnknownAccount(accountId);
}
