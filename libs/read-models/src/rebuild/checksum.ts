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
 *
 * The columns are hashed as they are, a third of the work of turning each into text first. Equal numbers of another
 * scale hash alike, so the scale is hashed too. The hash of a record is a sum over its columns, and a sum of those
 * would not see values that changed places between rows: the second hash sees to that.
 */
function tables(manager: EntityManager): { readonly table: string; readonly row: string }[] {
  return generationEntities.map((entity) => {
    const { tableName, columns } = manager.dataSource.getMetadata(entity);
    const values = columns.flatMap((column) =>
      valuesOf(`t.${column.databaseName}`, String(column.type), column.isArray),
    );
    return { table: tableName, row: `hashtextextended(hash_record_extended(ROW(${values.join(', ')}), 0)::text, 0)` };
  });
}

function valuesOf(name: string, type: string, isArray: boolean): string[] {
  if (isArray) return [`${name}::text`];
  switch (type) {
    case 'bigint':
      return [`${name} IS NULL`];
    case 'numeric':
      return [name, `scale(${name})`];
    default:
      return [name];
  }
}
