import 'reflect-metadata';
import { Client, types, type ClientConfig } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Generations1750000000001 } from '../migrations/control-1-generations';
import { Tables1750000000001 } from '../migrations/generation-1-tables';
import { Blocks1750000000002 } from '../migrations/generation-2-blocks';
import * as entities from '../entities';

/** Where the pointer to the live generation and the checkpoints are. */
export const CONTROL_SCHEMA = 'read_models';

export const schemaOfGeneration = (number: number): string => `rm_${number}`;

export const generationEntities = [
  entities.AccountEntity,
  entities.ProfileEntity,
  entities.BlockEntity,
  entities.LimitEntity,
  entities.BalanceEntity,
  entities.MoveEntity,
  entities.ItemEntity,
  entities.ApplicationEntity,
  entities.ApplicationEndingEntity,
  entities.DocumentEntity,
  entities.DisputeEntity,
  entities.OrderEntity,
  entities.ShipmentEntity,
  entities.DecisionEntity,
  entities.HoldEntity,
  entities.WaitingEntity,
] as const;

/** What a rebuild reports on, one by one. */
export const MODEL_NAMES: readonly string[] = generationEntities.map(
  ({ options }) => options.tableName ?? options.name,
);

export interface DataSourceSettings {
  readonly connectionString: string;
  readonly maxConnections: number;
  /**
   * Statements are sent without waiting for the answers to those before. COPY can't be part of that; nor may anybody
   * rely on a failure to keep the next statement from being sent.
   */
  readonly pipelined?: boolean;
}

export function controlDataSource(settings: DataSourceSettings): DataSource {
  return dataSource(settings, {
    schema: CONTROL_SCHEMA,
    entities: [entities.GenerationEntity, entities.CheckpointEntity],
    migrations: [Generations1750000000001],
  });
}

/** A generation's own connections: names without a schema are its tables. */
export function generationDataSource(settings: DataSourceSettings, generation: number): DataSource {
  return dataSource(settings, {
    schema: schemaOfGeneration(generation),
    entities: [...generationEntities, entities.GenerationEntity, entities.CheckpointEntity],
    migrations: [Tables1750000000001, Blocks1750000000002],
  });
}

/** A process that stands still in a transaction must not hold back everybody's reading for longer than this. */
const IDLE_TRANSACTION = '-c idle_in_transaction_session_timeout=10s';

interface Contents {
  readonly schema: string;
  readonly entities: NonNullable<DataSourceOptions['entities']>;
  readonly migrations: NonNullable<DataSourceOptions['migrations']>;
}

function dataSource(settings: DataSourceSettings, contents: Contents): DataSource {
  return new DataSource({
    type: 'postgres',
    url: settings.connectionString,
    schema: contents.schema,
    entities: contents.entities,
    migrations: contents.migrations,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    installExtensions: false,
    applicationName: `duestream ${contents.schema}`,
    extra: {
      Client: HeardClient,
      max: settings.maxConnections,
      pipeline: settings.pipelined ?? false,
      options: `-c search_path=${contents.schema} -c TimeZone=UTC -c DateStyle=ISO ${IDLE_TRANSACTION}`,
      types: { getTypeParser },
    },
  });
}

/**
 * TypeORM listens to a connection a moment after the pool has handed it over. What a dying server says in that moment
 * would go unheard, and an error that nobody hears ends the process. Whoever uses the connection sees it fail anyway.
 */
class HeardClient extends Client {
  constructor(config: ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

const OID = { int8: 20, date: 1082, timestamptz: 1184, dateArray: 1182, numericArray: 1231 } as const;

/** Dates stay text, numeric stays exact text, and counts are numbers. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  switch (oid) {
    case OID.date:
      return (value) => value;
    case OID.int8:
      return Number;
    case OID.timestamptz:
      // The server's own form is not ISO 8601: early years would be read as of this century.
      return (value) => new Date(`${value.slice(0, 10)}T${value.slice(11).replace('+00', 'Z')}`).toISOString();
    case OID.dateArray:
    case OID.numericArray:
      return (value) =>
        value === '{}'
          ? []
          : value
              .slice(1, -1)
              .split(',')
              .map((part) => (part === 'NULL' ? null : part));
    default:
      return types.getTypeParser(oid, format ?? 'text') as (value: string) => unknown;
  }
}
