import { testBroker } from '@duestream/platform/testing';
import { startCluster } from './cluster';
import { serveTestsBy } from './server';

// The project e2e-cluster: the end-to-end tests once more, against the roles. It runs before each of its files.
const broker = testBroker();
if (broker === null) leaveEverythingOut();
else serveTestsBy((databaseUrl) => startCluster(broker, databaseUrl));

/** The run has said so at its start. */
function leaveEverythingOut(): void {
  const describeNothing = Object.assign(describe.skip, { skip: describe.skip });
  const testNothing = Object.assign(it.skip, { skip: it.skip });
  Object.assign(globalThis, { describe: describeNothing, it: testNothing, test: testNothing });
}
