import type { Scenario } from '../support/run';
import { clockBack } from './clock-back';
import { diskFull } from './disk-full';
import { eventStoreAway, readModelsAway } from './engines-away';
import { killEverything, killPostgres, killServer } from './kills';
import { model } from './model';
import { poison } from './poison';
import { freezeRoles, killRoles } from './roles';
import { sameAnswers, sameCompany } from './same-answers';
import { slowReader } from './slow-reader';
import { connectionLimit, openTransaction } from './strangers';
import { twoServers } from './two-servers';

/** The faults of docs/reliability.md, in their order. */
export const SCENARIOS: readonly Scenario[] = [
  killServer,
  killPostgres,
  killEverything,
  twoServers,
  model,
  diskFull,
  connectionLimit,
  openTransaction,
  slowReader,
  clockBack,
  eventStoreAway,
  readModelsAway,
  poison,
  sameAnswers,
  sameCompany,
];

/** Those that need a Kafka broker. */
export const KAFKA_SCENARIOS: readonly Scenario[] = [killRoles, freezeRoles];
