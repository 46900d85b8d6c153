import type { EntityManager } from 'typeorm';
import { generationEntities } from '../database/data-source';

/** Number of rows and a sum over their hashes: equal for equal rows, whatever their order on disk. */
export interface TableChecksum {
  readonly model: string;
  readonly rows: number;
  readonly checksum: string;
}

export async function checksums(manager: EntityManager): Promise<TableChecksum[]> {
  const results: TableChecksum[] = [];
  for (const { table, row } of tables(manager)) {
    const [result]: { rows: number; checksum: string }[] = await manager.query(
      `SELECT count(*) AS rows, coalesce(sum(${row}), 0)::text AS checksum FROM ${table} t`,
    );
    results.push({ model: table, rows: result?.rows ?? 0, checksum: result?.checksum ?? '0' });
  }
  return results;
}

/** The same per account, to say where two generations differ. */
export async function checksumsByAccount(manager: EntityManager, model: string): Promise<ReadonlyMap<string, string>> {
  const found = tables(manager).find(({ table }) => table === model);
  if (found === undefined) throw new Error(`there is no model ${model}`);
  const rows: { accountId: string; checksum: string }[] = await manager.query(
    `SELECT account_id AS "accountId", sum(${found.row})::text AS checksum FROM ${found.table} t GROUP BY 1`,
  );
  return new Map(rows.map((row) => [row.accountId, row.checksum]));
}

/**
 * Sequence numbers are a generation's own count, so of those only whether they are there is compared; everything else
 * must be the same to the last digit.
 */
function tables(manager: EntityManager): { readonly table: string; readonly row: string }[] {
  return generationEntities.map((entity) => {
    const { tableName, columns } = manager.dataSource.getMetadata(entity);
    const values = columns.map(({ databaseName, type }) =>
      type === 'bigint' ? `t.${databaseName} IS NULL` : `t.${databaseName}`,
    );
    return { table: tableName, row: `hashtextextended(ROW(${values.join(', ')})::text, 0)::numeric` };
  });
}
