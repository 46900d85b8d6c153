import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is there once per database: which generation of the models is live, and where each stands in the feed. The
 * partial unique index makes a second live generation impossible.
 */
export class Generations1750000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE read_models.generations (
        number        integer        PRIMARY KEY,
        state         text           NOT NULL CHECK (state IN ('building', 'live', 'retired')),
        model_version text           NOT NULL,
        events        bigint         NOT NULL DEFAULT 0,
        recorded_at   timestamptz(3),
        created_at    timestamptz(3) NOT NULL DEFAULT now()
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX one_live_generation ON read_models.generations (state) WHERE state = 'live'`,
    );
    await runner.query(`CREATE SEQUENCE read_models.generation_numbers`);
    await runner.query(`
      CREATE TABLE read_models.checkpoints (
        generation integer NOT NULL REFERENCES read_models.generations ON DELETE CASCADE,
        partition  text    NOT NULL,
        next       text,
        position   text,
        PRIMARY KEY (generation, partition)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE read_models.checkpoints`);
    await runner.query(`DROP SEQUENCE read_models.generation_numbers`);
    await runner.query(`DROP TABLE read_models.generations`);
  }
}
