import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DataSource, EntitySchema, EntityTarget, ObjectLiteral } from 'typeorm';
import { finished } from 'node:stream/promises';
import { arrayText, arrayTextOf, type ArrayValue } from './array-text';
import type { Session } from './session';

/**
 * Rows of one entity written or read in one statement: keyed arrays through `unnest`, because a row at a time is what
 * limits a projection, and `json_to_recordset` would make the planner scan the whole table. The statements are
 * prepared by name: parsing and planning them anew takes longer than running them over a few rows.
 */
export async function insertRows<Row extends ObjectLiteral>(
  { dataSource, client }: Session,
  entity: EntitySchema<Row>,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const shape = shapeOf(dataSource, entity);
  await client.query({ name: `${shape.table}.insert`, text: shape.insert, values: shape.arrays(rows) });
}

export async function upsertRows<Row extends ObjectLiteral>(
  { dataSource, client }: Session,
  entity: EntitySchema<Row>,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const shape = shapeOf(dataSource, entity);
  await client.query({ name: `${shape.table}.upsert`, text: shape.upsert, values: shape.arrays(rows) });
}

/** The rows that exist among the keys. A key object may be any object that has the entity's key properties. */
export async function selectRows<Row extends ObjectLiteral>(
  { dataSource, client }: Session,
  entity: EntitySchema<Row>,
  keys: readonly Partial<Row>[],
): Promise<Row[]> {
  if (keys.length === 0) return [];
  const shape = shapeOf(dataSource, entity);
  const { rows } = await client.query<Row>({
    name: `${shape.table}.select`,
    text: shape.select,
    values: shape.keyArrays(keys),
  });
  return rows;
}

/** Rows as `copyLines` takes them: the fastest way in, for many that are new for certain. */
export function linesOf<Row extends ObjectLiteral>(
  dataSource: DataSource,
  entity: EntitySchema<Row>,
  rows: readonly Row[],
): string {
  return shapeOf(dataSource, entity).copyLines(rows);
}

/** One COPY. The session must not be a pipelined one. */
export async function copyLines<Row extends ObjectLiteral>(
  { dataSource, client }: { readonly dataSource: DataSource; readonly client: ClientBase },
  entity: EntitySchema<Row>,
  lines: Buffer,
): Promise<void> {
  const stream = client.query(copyFrom(shapeOf(dataSource, entity).copy));
  stream.end(lines);
  await finished(stream);
}

interface Shape<Row> {
  readonly table: string;
  readonly insert: string;
  readonly upsert: string;
  readonly select: string;
  readonly copy: string;
  arrays(rows: readonly Row[]): string[];
  keyArrays(rows: readonly Partial<Row>[]): string[];
  copyLines(rows: readonly Row[]): string;
}

const shapes = new WeakMap<object, Map<unknown, Shape<never>>>();

function shapeOf<Row extends ObjectLiteral>(dataSource: DataSource, entity: EntitySchema<Row>): Shape<Row> {
  const known = shapes.get(dataSource) ?? new Map<unknown, Shape<never>>();
  shapes.set(dataSource, known);
  // The map is keyed by the entity that the shape was made from.
  const shape = (known.get(entity) as Shape<Row> | undefined) ?? makeShape(dataSource, entity);
  known.set(entity, shape);
  return shape;
}

function makeShape<Row extends ObjectLiteral>(dataSource: DataSource, entity: EntityTarget<Row>): Shape<Row> {
  const metadata = dataSource.getMetadata(entity);
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

  const encode = (row: Partial<Row>, column: (typeof columns)[number]): ArrayValue => {
    const value: ArrayValue | readonly string[] | undefined = row[column.property];
    if (value === null || value === undefined) return null;
    return typeof value === 'object' ? arrayText(value) : value;
  };
  return {
    table: metadata.tableName,
    insert,
    upsert: `${insert} ${conflict}`,
    select: `SELECT ${selected} FROM unnest(${keyArrays}) AS k (${keyNames}) JOIN ${table} t USING (${keyNames})`,
    copy: `COPY ${table} (${names}) FROM STDIN`,
    arrays: (rows) => columns.map((column) => arrayTextOf(rows, (row) => encode(row, column))),
    keyArrays: (rows) => keys.map((column) => arrayTextOf(rows, (row) => encode(row, column))),
    copyLines: (rows) => {
      let lines = '';
      for (const row of rows) {
        for (let index = 0; index < columns.length; index += 1) {
          const column = columns[index];
          if (column !== undefined) lines += copyText(encode(row, column));
          lines += index === columns.length - 1 ? '\n' : '\t';
        }
      }
      return lines;
    },
  };
}

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const NEEDS_ESCAPE = /[\\\t\n\r]/;
const ALL_TO_ESCAPE = /[\\\t\n\r]/g;

function copyText(value: ArrayValue): string {
  if (value === null) return '\\N';
  if (typeof value !== 'string') return String(value);
  // Hardly any text has something to escape, and to look is cheaper than to replace.
  return NEEDS_ESCAPE.test(value)
    ? value.replace(ALL_TO_ESCAPE, (character) => ESCAPED[character] ?? character)
    : value;
}
