export { startBusinessDay, startBusinessDayInOnePlace } from './business-day';
export { openEngines, type Engines } from './engines';
export {
  feedOf,
  openFeeds,
  openKafka,
  openReadersFeed,
  startIntake,
  startRelay,
  type Feeds,
  type KafkaParts,
} from './feeds';
export { embeddedHealth, processorHealth, relayHealth, type HealthAnswer, type HealthChecks } from './health';
export { runInOnePlace, type InOnePlaceOptions } from './in-one-place';
export { Metrics, type Gauged } from './metrics';
export { openProcessor } from './processor';
export { openReadModels } from './read-models';
export { runMain } from './run-main';
export { writeServerFile } from './server-file';
export { PortTaken } from './start-error';
export { startProcess, type Running } from './start-process';
export type { Surroundings } from './surroundings';
export { Teardown } from './teardown';
