import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PublicEvent } from '@duestream/contracts';
import type { EntitySchema, ObjectLiteral } from 'typeorm';
import { withSession } from '../database/session';
import type { Generation } from '../database/generation';
import * as entities from '../entities';
import { addToCount, latestRecorded, lockCount, moveCheckpoint, type Advance } from '../projection/checkpoint';
import { foldFresh, selectFresh } from '../projection/fold-fresh';
import { Keys } from '../projection/keys';
import { loadAccounts, loadRows } from '../projection/load';
import { WorkingSet, type ToWrite } from '../projection/working-set';
import { endHolds, endWaiting, supersedeProfiles } from '../projection/write';
import { WriteLane } from './write-lane';

/** So many of them are left when there were more: writing a few at a time would cost more. */
const LEFT = 0.75;
/** Events between two turns of the event loop, which serves everybody else too: a few milliseconds. */
const FOLDED_AT_ONCE = 250;

/**
 * Folds the history into a generation that nobody else reads or writes. Rows that are only added are copied in as they
 * come; those that change are kept in memory and written when they have not changed for a long while, most of them once
 * and for all. So the rows are in long before the checkpoint, which `finish` moves in the last transaction: a
 * generation whose filling was broken off has to be thrown away.
 */
export class BulkFill {
  private readonly set: WorkingSet;
  private count = 0;
  private recordedAt: string | null = null;

  private constructor(
    private readonly generation: Generation,
    private readonly before: number,
    /** The moves are half of all rows. */
    private readonly moves: WriteLane,
    private readonly others: WriteLane,
    private readonly keptRows: number,
  ) {
    this.set = new WorkingSet({ isComplete: before === 0 });
  }

  /** `before`: how many events the generation has taken. `keptRows`: how many rows of a table stay in memory. */
  static async run<Result>(
    generation: Generation,
    { before, keptRows }: { readonly before: number; readonly keptRows: number },
    work: (fill: BulkFill) => Promise<Result>,
  ): Promise<Result> {
    const { dataSource } = generation;
    return withSession(dataSource, (moves) =>
      withSession(dataSource, async (others) => {
        const lanes = [await WriteLane.on(moves), await WriteLane.on(others)] as const;
        try {
          return await work(new BulkFill(generation, before, ...lanes, keptRows));
        } finally {
          await Promise.allSettled(lanes.map((lane) => lane.close()));
        }
      }),
    );
  }

  /** How many events it has taken: all that their accounts had not taken yet. */
  get taken(): number {
    return this.count;
  }

  async take(events: readonly PublicEvent[]): Promise<void> {
    const { set, others } = this;
    if (!set.accounts.isComplete) await others.use((session) => loadAccounts(session, set, events));
    const fresh = selectFresh(set, events);
    const keys = Keys.neededBy(fresh, set);
    if (!keys.isEmpty) await others.use((session) => loadRows(session, set, keys));
    for (let from = 0; from < fresh.length; from += FOLDED_AT_ONCE) {
      foldFresh(set, fresh.slice(from, from + FOLDED_AT_ONCE), this.before + this.count + from);
      await nextTurn();
    }
    this.count += fresh.length;
    this.recordedAt = latestRecorded(fresh, this.recordedAt);
    this.writeAdded();
    this.writeOldest(this.keptRows, Math.floor(this.keptRows * LEFT));
    await Promise.all([this.moves.room(), this.others.room()]);
  }

  /** Writes what is left and moves the checkpoint. False: it was not where it should be. */
  async finish(advance: Omit<Advance, 'generation'>): Promise<boolean> {
    this.writeOldest(0, 0);
    await Promise.all([this.moves.drained(), this.others.drained()]);
    return this.others.use(async ({ client }) => {
      const generation = this.generation.number;
      await client.query('BEGIN');
      // Nothing before this was waited for to be on disk; a commit on disk takes along all that came before.
      await client.query('SET LOCAL synchronous_commit = on');
      const hasMoved = await moveCheckpoint(client, { ...advance, generation });
      const isOurs = hasMoved && (await lockCount(client, generation)) === this.before;
      if (isOurs) await addToCount(client, generation, this.count, this.recordedAt);
      await client.query(isOurs ? 'COMMIT' : 'ROLLBACK');
      // Left to the next vacuum, every question for what came late would read all moves until then.
      await client.query(`SELECT brin_summarize_new_values('moves_late')`);
      return isOurs;
    });
  }

  private writeAdded(): void {
    const { set, moves, others } = this;
    moves.copy(entities.MoveEntity, set.moves);
    others.copy(entities.LimitEntity, set.limits);
    others.copy(entities.ApplicationEntity, set.applications);
    others.copy(entities.ApplicationEndingEntity, set.endings);
    others.copy(entities.DecisionEntity, set.decisions);
    others.copy(entities.HoldEntity, set.holds);
    others.copy(entities.WaitingEntity, set.waiting);
    others.add(entities.ProfileEntity, supersedeProfiles(set));
    others.copy(entities.ProfileEntity, [...set.profiles.values()].flat());
    others.add(entities.HoldEntity, endHolds(set));
    others.add(entities.WaitingEntity, endWaiting(set));
    set.forgetAdded();
  }

  private writeOldest(max: number, kept: number): void {
    const { set } = this;
    const write = <Row extends ObjectLiteral>(entity: EntitySchema<Row>, rows: Forgetful<Row>): void => {
      if (rows.size <= max) return;
      const { made, changed } = rows.forget(kept);
      this.others.make(entity, made);
      this.others.change(entity, changed);
    };
    write(entities.AccountEntity, set.accounts);
    write(entities.BalanceEntity, set.balances);
    write(entities.ItemEntity, set.items);
    write(entities.DocumentEntity, set.documents);
    write(entities.DisputeEntity, set.disputes);
    write(entities.OrderEntity, set.orders);
    write(entities.ShipmentEntity, set.shipments);
  }
}

interface Forgetful<Row> {
  readonly size: number;
  forget(kept: number): ToWrite<Row>;
}
