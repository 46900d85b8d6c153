import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { arrayText } from './array-text';
import type { EntityManager, EntitySchema, EntityTarget, ObjectLiteral } from 'typeorm';

/**
 * Rows of one entity written or read in one statement: keyed arrays through `unnest`, because a row at a time is what
 * limits a projection, and `json_to_recordset` would make the planner scan the whole table.
 */
export async function insertRows<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntitySchema<Row>,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const shape = shapeOf(manager, entity);
  await manager.query(shape.insert, shape.arrays(rows));
}

export async function upsertRows<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntitySchema<Row>,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const shape = shapeOf(manager, entity);
  await manager.query(shape.upsert, shape.arrays(rows));
}

/** The rows that exist among the keys. A key object may be any object that has the entity's key properties. */
export async function selectRows<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntitySchema<Row>,
  keys: readonly Partial<Row>[],
): Promise<Row[]> {
  if (keys.length === 0) return [];
  const shape = shapeOf(manager, entity);
  const rows: Row[] = await manager.query(shape.select, shape.keyArrays(keys));
  return rows;
}

/** For many rows into a table that nobody else writes: the fastest way in. The manager must be inside a transaction. */
export async function copyRows<Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntitySchema<Row>,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const shape = shapeOf(manager, entity);
  if (manager.queryRunner === undefined) throw new Error('rows are copied inside a transaction');
  // TypeORM types its driver's client as `any`.
  const client = (await manager.queryRunner.connect()) as ClientBase;
  await pipeline(Readable.from(shape.copyLines(rows)), client.query(copyFrom(shape.copy)));
}

interface Shape<Row> {
  readonly insert: string;
  readonly upsert: string;
  readonly select: string;
  readonly copy: string;
  arrays(rows: readonly Row[]): string[];
  keyArrays(rows: readonly Partial<Row>[]): string[];
  copyLines(rows: readonly Row[]): Iterable<string>;
}

const shapes = new WeakMap<object, Map<unknown, Shape<never>>>();

function shapeOf<Row extends ObjectLiteral>(manager: EntityManager, entity: EntitySchema<Row>): Shape<Row> {
  const known = shapes.get(manager.dataSource) ?? new Map<unknown, Shape<never>>();
  shapes.set(manager.dataSource, known);
  // The map is keyed by the entity that the shape was made from.
  const shape = (known.get(entity) as Shape<Row> | undefined) ?? makeShape(manager, entity);
  known.set(entity, shape);
  return shape;
}

function makeShape<Row extends ObjectLiteral>(manager: EntityManager, entity: EntityTarget<Row>): Shape<Row> {
  const metadata = manager.dataSource.getMetadata(entity);
  const columns = metadata.columns.map((column) => ({
    property: column.propertyName,
    name: `"${column.databaseName}"`,
    // unnest would flatten arrays of arrays, so those travel as their text form.
    passedAs: column.isArray ? 'text' : String(column.type),
    cast: column.isArray ? `::${String(column.type)}[]` : '',
    isArray: column.isArray,
    isKey: column.isPrimary,
  }));
  const keys = columns.filter((column) => column.isKey);
  const table = `"${metadata.tableName}"`;
  const names = columns.map((column) => column.name).join(', ');
  const arrays = columns.map((column, index) => `$${index + 1}::${column.passedAs}[]`).join(', ');
  const values = columns.map((column) => `u.${column.name}${column.cast}`).join(', ');
  const insert = `INSERT INTO ${table} (${names}) SELECT ${values} FROM unnest(${arrays}) AS u (${names})`;
  const changes = columns.filter((column) => !column.isKey).map((column) => `${column.name} = EXCLUDED.${column.name}`);
  const conflict = `ON CONFLICT (${keys.map((column) => column.name).join(', ')}) DO UPDATE SET ${changes.join(', ')}`;
  const keyNames = keys.map((column) => column.name).join(', ');
  const keyArrays = keys.map((column, index) => `$${index + 1}::${column.passedAs}[]`).join(', ');
  const selected = columns.map((column) => `t.${column.name} AS "${column.property}"`).join(', ');

  const encode = (row: Partial<Row>, column: (typeof columns)[number]): Value => {
    const value: Value | readonly string[] | undefined = row[column.property];
    if (value === null || value === undefined) return null;
    return typeof value === 'object' ? arrayText(value) : value;
  };
  return {
    insert,
    upsert: `${insert} ${conflict}`,
    select: `SELECT ${selected} FROM unnest(${keyArrays}) AS k (${keyNames}) JOIN ${table} t USING (${keyNames})`,
    copy: `COPY ${table} (${names}) FROM STDIN`,
    arrays: (rows) => columns.map((column) => arrayText(rows.map((row) => encode(row, column)))),
    keyArrays: (rows) => keys.map((column) => arrayText(rows.map((row) => encode(row, column)))),
    *copyLines(rows) {
      for (const row of rows) yield `${columns.map((column) => copyText(encode(row, column))).join('\t')}\n`;
    },
  };
}

/** What a column of these models holds, arrays apart. */
type Value = string | number | boolean | null;

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function copyText(value: Value): string {
  if (value === null) return '\\N';
  return String(value).replace(/[\\\t\n\r]/g, (character) => ESCAPED[character] ?? character);
}
