import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PublicEvent } from '@duestream/contracts';
import type { EntitySchema, ObjectLiteral } from 'typeorm';
import { withSession, type Session } from '../database/session';
import type { Generation } from '../database/generation';
import * as entities from '../entities';
import { addToCount, latestRecorded, lockCount, moveCheckpoint, type Advance } from '../projection/checkpoint';
import { foldFresh, selectFresh } from '../projection/fold-fresh';
import { Keys } from '../projection/keys';
import { loadAccounts, loadRows } from '../projection/load';
import type { TakenOut } from '../projection/tracked';
import { WorkingSet } from '../projection/working-set';
import { endHolds, endWaiting, supersedeProfiles } from '../projection/write';
import { WriteLane } from './write-lane';

/** So many of the kept rows are left when there were more: looking for the oldest of them takes its time. */
const LEFT = 0.75;
const WRITTEN_AT_ONCE = 2_000;
/** Events between two turns of the event loop, which serves everybody else too: a few milliseconds. */
const FOLDED_AT_ONCE = 250;

/**
 * Folds the history into a generation that nobody else reads or writes. Rows that are only added are copied in as they
 * come; those that change are kept in memory and written when they are done (an item that is settled, an order that is
 * invoiced) or have not changed for a long while, most of them once and for all. So the rows are in long before the checkpoint, which `finish` moves in the last transaction: a
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
    /** Reads what changes again after all. Never a row that is on its way to be written: the set still has those. */
    private readonly reads: Session,
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
      withSession(dataSource, (others) =>
        withSession(dataSource, async (reads) => {
          const lanes = [await WriteLane.on(moves), await WriteLane.on(others)] as const;
          try {
            return await work(new BulkFill(generation, before, ...lanes, reads, keptRows));
          } finally {
            await Promise.allSettled(lanes.map((lane) => lane.close()));
          }
        }),
      ),
    );
  }

  /** How many events it has taken: all that their accounts had not taken yet. */
  get taken(): number {
    return this.count;
  }

  async take(events: readonly PublicEvent[]): Promise<void> {
    const { set, reads } = this;
    await loadAccounts(reads, set, events);
    const fresh = selectFresh(set, events);
    const keys = Keys.neededBy(fresh, set);
    if (!keys.isEmpty) await loadRows(reads, set, keys);
    for (let from = 0; from < fresh.length; from += FOLDED_AT_ONCE) {
      foldFresh(set, fresh.slice(from, from + FOLDED_AT_ONCE), this.before + this.count + from);
      await nextTurn();
    }
    this.count += fresh.length;
    this.recordedAt = latestRecorded(fresh, this.recordedAt);
    this.writeAdded();
    await this.writeLeaving(this.keptRows, Math.floor(this.keptRows * LEFT));
    await Promise.all([this.moves.room(), this.others.room()]);
  }

  /** Writes what is left and moves the checkpoint. False: it was not where it should be. */
  async finish(advance: Omit<Advance, 'generation'>): Promise<boolean> {
    await this.writeLeaving(0, 0);
    await Promise.all([this.moves.drained(), this.others.drained()]);
    return this.others.use(async ({ client }) => {
      const generation = this.generation.number;
      await client.query('BEGIN');
      // Nothing before this was waited for to be on disk; a commit on disk takes along all that came before.
      await client.query('SET LOCAL synchronous_commit = on');
      const hasMoved = await moveCheckpoint(client, { generation, ...advance });
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
    others.copy(entities.BlockEntity, set.blocks);
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

  private async writeLeaving(max: number, kept: number): Promise<void> {
    const { set, others } = this;
    const write = async <Row extends ObjectLiteral>(entity: EntitySchema<Row>, rows: Leavable<Row>): Promise<void> => {
      const out = rows.takeOut(max, kept);
      others.change(entity, out.changed);
      for (let from = 0; from < out.made.length; from += WRITTEN_AT_ONCE) {
        if (from > 0) await Promise.all([others.room(), nextTurn()]);
        others.make(entity, out.made.slice(from, from + WRITTEN_AT_ONCE));
      }
      others.whenWritten(entity, out.written);
    };
    await write(entities.AccountEntity, set.accounts);
    await write(entities.BalanceEntity, set.balances);
    await write(entities.ItemEntity, set.items);
    await write(entities.DocumentEntity, set.documents);
    await write(entities.DisputeEntity, set.disputes);
    await write(entities.OrderEntity, set.orders);
    await write(entities.ShipmentEntity, set.shipments);
  }
}

interface Leavable<Row> {
  takeOut(max: number, kept: number): TakenOut<Row>;
}
