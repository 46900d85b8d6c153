export { ReadModels, type ReadModelsOptions } from './read-models';
export {
  InvalidParameter,
  KnownAtTooLate,
  QueryRefused,
  ReadModelBehind,
  UnknownAccount,
  UnknownDocument,
} from './errors';
export type {
  AccountsRequest,
  AgingRequest,
  Answered,
  AtRiskRequest,
  DecisionsRequest,
  OpenItemsRequest,
  Queries,
  QueueRequest,
} from './queries/queries';
export type { AccountsFilter, AccountsSort } from './queries/accounts';
export type { Listed, PageRequest } from './queries/cursor';
export type { DecisionItem } from './queries/decisions';
export type { DocumentName } from './queries/documents';
export type { PointRequest } from './queries/point';
export { RebuildRunning, type RebuildOptions, type RebuildOutcome, type RebuildProgress } from './rebuild/rebuild';
export { openProjector, type OpenProjectorOptions } from './projection/open-projector';
export type { Applied, Projecting, ProjectionListener } from './projection/projector';
export { RISK_RULES } from './risk/rules';
export { MODEL_NAMES } from './database/data-source';
