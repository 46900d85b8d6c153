import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Blocks as dated entries, like limits: one may be for a day to come, or come late for a day before the last. What was
 * kept instead is whether the last one recorded was a block. The days of unblocks were not kept, so what is made of it
 * here has them on the day of their recording, and only a rebuild has them right.
 */
export class Blocks1750000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE blocks (
        account_id  text COLLATE "C",
        revision    integer,
        blocked     boolean NOT NULL,
        valid_from     date NOT NULL,
        recorded_at timestamptz(3) NOT NULL,
        seq         bigint NOT NULL,
        PRIMARY KEY (account_id, revision)
      )`);
    await runner.query(`
      INSERT INTO blocks (account_id, revision, blocked, valid_from, recorded_at, seq)
      SELECT account_id, revision, blocked, coalesce(blocked_on, recorded_at::date), recorded_at, seq
        FROM (
          SELECT p.*, lag(p.blocked, 1, false) OVER w AS was_blocked, lag(p.blocked_on) OVER w AS was_blocked_on
            FROM profiles p
          WINDOW w AS (PARTITION BY p.account_id ORDER BY p.revision)
        ) p
       WHERE blocked <> was_blocked OR blocked_on <> was_blocked_on`);
    for (const table of ['accounts', 'profiles']) {
      await runner.query(`ALTER TABLE ${table} DROP COLUMN blocked, DROP COLUMN blocked_on`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['accounts', 'profiles']) {
      await runner.query(
        `ALTER TABLE ${table} ADD COLUMN blocked boolean NOT NULL DEFAULT false, ADD COLUMN blocked_on date`,
      );
    }
    await runner.query(`DROP TABLE blocks`);
  }
}
