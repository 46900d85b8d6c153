import type { ClientBase } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';

/** One connection of a generation, for statements that are prepared once and may be sent without waiting for each. */
export interface Session {
  readonly dataSource: DataSource;
  readonly client: ClientBase;
}

/** Runs the statements in their order: all are sent at once where the connection is a pipelined one. */
export async function inOrder<Results extends readonly unknown[]>(
  { dataSource }: Session,
  ...statements: { readonly [Index in keyof Results]: () => Promise<Results[Index]> }
): Promise<Results> {
  if (isPipelined(dataSource)) return allOf(statements.map((send) => send())) as Promise<Results>;
  const results: unknown[] = [];
  for (const send of statements) results.push(await send());
  return results as unknown as Results;
}

/** Waits for every answer and rejects with the first failure: those behind it only say that there was one. */
async function allOf(answers: readonly Promise<unknown>[]): Promise<unknown> {
  return (await Promise.allSettled(answers)).map((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  });
}

function isPipelined({ options }: DataSource): boolean {
  const extra: unknown = 'extra' in options ? options.extra : undefined;
  return typeof extra === 'object' && extra !== null && 'pipeline' in extra && extra.pipeline === true;
}

/** Lends a connection outside any transaction. */
export async function withSession<Result>(
  dataSource: DataSource,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const runner = dataSource.createQueryRunner();
  try {
    // TypeORM types its driver's client as `any`.
    const client = (await runner.connect()) as ClientBase;
    return await work({ dataSource, client });
  } finally {
    await runner.release();
  }
}

/** The connection of a transaction that is underway. */
export async function sessionOf(manager: EntityManager): Promise<Session> {
  if (manager.queryRunner === undefined) throw new Error('a session is that of a transaction');
  return { dataSource: manager.dataSource, client: (await manager.queryRunner.connect()) as ClientBase };
}
