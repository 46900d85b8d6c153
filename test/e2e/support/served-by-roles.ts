import { testBroker, type TestBroker } from '@duestream/platform/testing';
import { serveTestsBy, type StartedServer } from './server';

/** From now on tests are served by roles. Without a broker they are left out. */
export function serveTestsByRoles(start: (broker: TestBroker, databaseUrl: string) => Promise<StartedServer>): void {
  const broker = testBroker();
  if (broker === null) leaveEverythingOut();
  else serveTestsBy((databaseUrl) => start(broker, databaseUrl));
}

/** The run has said so at its start. */
function leaveEverythingOut(): void {
  const describeNothing = Object.assign(describe.skip, { skip: describe.skip });
  const testNothing = Object.assign(it.skip, { skip: it.skip });
  Object.assign(globalThis, { describe: describeNothing, it: testNothing, test: testNothing });
}
