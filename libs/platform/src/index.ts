export { DataFolderInUseError, EmbeddedPostgresError } from './embedded-postgres/errors';
export type { EmbeddedPostgresErrorCode } from './embedded-postgres/errors';
export { startEmbeddedPostgres } from './embedded-postgres/supervisor';
export type {
  EmbeddedPostgres,
  EmbeddedPostgresLog,
  EmbeddedPostgresOptions,
  EmbeddedPostgresState,
} from './embedded-postgres/supervisor';
