import { decimalOf } from '../money/money';
import type { Currency } from '../money/currencies';
import type { LocalDate } from '../time/local-date';
import type { DecisionContext } from './context';
import { documentKey, documentRef, type DocumentKey, type DocumentRef } from './documents';
import type {
  AccountEvent,
  Category,
  EventDataByType,
  EventType,
  Move,
  RecordedEvent,
  ReopenedDocument,
} from './events';
import { evolve, evolveDocuments } from './evolve';
import type { Command, CommandOf, CommandType, Enforcement } from './messages';
import { afterEvent } from './order/evolve-order';
import { standingOf } from './order/order';
import { stageMoves } from './order/stages';
import type { Refusal } from './result';
import { documentOf, withDocument, withoutLoaded } from './reopen';
import { settle } from './settle';
import { encodeDocument } from './snapshot';
import { NOTHING_LOADED, type AccountState } from './state';
import type { CreditDecision } from '../policy/decision';

/** What a handler did with its command. */
export type Handled =
  | {
      readonly kind: 'done';
      readonly order?: DocumentKey;
      readonly decision?: CreditDecision;
      readonly waitingFor?: readonly DocumentRef[];
    }
  /** The document that it acts on has not come yet. */
  | { readonly kind: 'wait'; readonly for: DocumentKey }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

/** A command on its way: the events so far and the state that they give. One account, one command, then thrown away. */
export class Draft {
  readonly events: AccountEvent[] = [];
  readonly recorded: RecordedEvent[] = [];
  private readonly carried = new Set<DocumentKey>();

  state: AccountState;

  constructor(
    private readonly before: AccountState,
    public context: DecisionContext,
    /** The message that the next events answer: the command, or one that had waited for it. */
    public cause: Pick<Command, 'source' | 'id'>,
  ) {
    this.state = before;
  }

  get businessDate(): LocalDate {
    return this.context.businessDate;
  }

  /** The account after the events, as anybody has it who only reads them. */
  evolved(): AccountState {
    const { state } = this;
    if (state.loaded === NOTHING_LOADED) return state;
    // Documents that are at hand for this command only would not be there, so the events are read once more.
    if (state.loaded.documents.size === 0) return { ...state, loaded: NOTHING_LOADED };
    return this.recorded.reduce(evolve, withoutLoaded(this.before));
  }

  /** Runs a handler with the enforcement that its message came with. */
  under<R>(enforcement: Enforcement, run: () => R): R {
    const { context } = this;
    this.context = { ...context, enforcement };
    try {
      return run();
    } finally {
      this.context = context;
    }
  }

  /** Adds an event that touches the documents given. A closed one that was loaded travels with its first event. */
  emit<T extends EventType>(
    type: T,
    data: Omit<EventDataByType[T], 'touched' | 'reopened'>,
    effectiveAt: LocalDate,
    touches: readonly DocumentKey[],
  ): RecordedEvent {
    const touched = touches.map((key) => ({
      document: documentRef(key),
      previous: this.state.index.get(key)?.last ?? -1,
    }));
    const reopened = this.reopen(touches);
    const whole = touched.length > 0 ? { touched, ...data, ...(reopened.length > 0 && { reopened }) } : data;
    const event = this.record(type, whole as unknown as EventDataByType[T], effectiveAt);
    this.state = this.keepingOpen(evolveDocuments(this.state, event), event);
    const { revision: _revision, recordedAt: _recordedAt, businessDate: _businessDate, ...bare } = event;
    this.events.push(bare);
    this.recorded.push(event);
    return event;
  }

  /** As `emit`, for an event of an order: the moves between its stages follow from the order before and after. */
  emitOnOrder<T extends EventType>(
    type: T,
    data: Omit<EventDataByType[T], 'touched' | 'reopened' | 'moves' | 'order'>,
    effectiveAt: LocalDate,
    key: DocumentKey,
  ): RecordedEvent {
    const order = this.state.orders.get(key);
    if (order === undefined) throw new Error(`order ${key} is not loaded`);
    const after = afterEvent(order, this.record(type, data as EventDataByType[T], effectiveAt));
    const moves = stageMoves(order, after).map(({ category, minor, on }) =>
      moveOf(category, minor, order.currency, on, key),
    );
    const whole = { order: standingOf(after), ...data, ...(moves.length > 0 && { moves }) };
    return this.emit(type, whole as Omit<EventDataByType[T], 'touched' | 'reopened'>, effectiveAt, [key]);
  }

  /** A document that this event closes stays at hand: a later event of the same command may open it again. */
  private keepingOpen(open: AccountState, event: RecordedEvent): AccountState {
    let settled = settle(open, event);
    const closed = closedBetween(open, settled, event);
    if (closed.length === 0) return settled;
    const documents = new Set(settled.loaded.documents);
    for (const key of closed) {
      settled = withDocument(settled, key, documentOf(open, key));
      documents.add(key);
      this.carried.delete(key);
    }
    return { ...settled, loaded: { ...settled.loaded, documents } };
  }

  private record<T extends EventType>(type: T, data: EventDataByType[T], effectiveAt: LocalDate): RecordedEvent {
    const { recordedAt, businessDate } = this.context;
    const cause = { source: this.cause.source, id: this.cause.id };
    const event = { type, data, effectiveAt, cause, revision: this.state.revision + 1, recordedAt, businessDate };
    return event as unknown as RecordedEvent;
  }

  private reopen(touches: readonly DocumentKey[]): ReopenedDocument[] {
    const reopened: ReopenedDocument[] = [];
    for (const key of touches) {
      if (!this.state.loaded.documents.has(key) || this.carried.has(key)) continue;
      this.carried.add(key);
      const document = documentOf(this.state, key);
      if (document !== undefined) reopened.push({ document: documentRef(key), state: encodeDocument(document) });
    }
    return reopened;
  }
}

/** Only what the event touched, or what had waited for its business date, can have been put away. */
function closedBetween(open: AccountState, settled: AccountState, event: RecordedEvent): readonly DocumentKey[] {
  const { orders, invoices, cash } = settled;
  if (orders === open.orders && invoices === open.invoices && cash === open.cash) return [];
  const touched = (event.data.touched ?? []).map(({ document: { kind, company, number } }) =>
    documentKey(kind, company, number),
  );
  const looked = new Set([...touched, ...open.postDated.keys()]);
  return [...looked].filter((key) => documentOf(open, key) !== undefined && documentOf(settled, key) === undefined);
}

export type Handler<T extends CommandType> = (draft: Draft, command: CommandOf<T>, late: boolean) => Handled;

export function moveOf(
  category: Category,
  minor: bigint,
  currency: Currency,
  effectiveAt: LocalDate,
  document: DocumentKey,
  item?: number,
): Move {
  const move = { category, amount: decimalOf(minor, currency), currency, effectiveAt, document: documentRef(document) };
  return item === undefined ? move : { item, ...move };
}

export function refuse(
  code: string,
  detail: string,
  more: Omit<Refusal, 'kind' | 'code' | 'detail'> & { readonly kind?: Refusal['kind'] } = {},
): Handled {
  return { kind: 'refuse', refusal: { kind: 'rule', code, detail, ...more } };
}

/** Whether a document has been recorded; one that itself still waits has not. */
export function isKnown(state: AccountState, key: DocumentKey): boolean {
  return state.index.has(key) && !state.waiting.has(key);
}
