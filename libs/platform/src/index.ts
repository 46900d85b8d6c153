export { loadConfig, loadRoleConfig, ROLES } from './config/config';
export { isLoopback } from './config/variables';
export type { Config, KafkaConfig, Role, RoleConfig } from './config/config';
export { ConfigError } from './config/config-error';
export type { ConfigProblem } from './config/config-error';
export { isDatabaseAway } from './database-away';
export { DataFolderInUseError, EmbeddedPostgresError } from './embedded-postgres/errors';
export type { EmbeddedPostgresErrorCode } from './embedded-postgres/errors';
export { startEmbeddedPostgres } from './embedded-postgres/supervisor';
export type {
  EmbeddedPostgres,
  EmbeddedPostgresLog,
  EmbeddedPostgresOptions,
  EmbeddedPostgresState,
} from './embedded-postgres/supervisor';
export { EXIT_INTERRUPTED, interruption, STOPPING } from './interruption';
export type { Interruption } from './interruption';
export { createLogger } from './logging/logger';
export type { Logger, LoggerOptions } from './logging/logger';
export { NestLogger } from './logging/nest-logger';
export { tuneRuntime } from './runtime';
