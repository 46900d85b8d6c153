import { describeEventStore } from '@duestream/event-store/testing';
import { describeEngineFacts } from './engine-facts';
import { realServer } from './real-server';
import { startStandInEngine } from './stand-in-engine';

describeEngineFacts('stand-in', startStandInEngine);
describeEventStore('EventStoreDB (stand-in)', startStandInEngine);

const startRealEngine = realServer();
if (startRealEngine === null) {
  process.stderr.write('NOT RUN: EventStoreDB server (DUESTREAM_TEST_EVENTSTOREDB_URL)\n');
} else {
  describeEngineFacts('server', startRealEngine);
  describeEventStore('EventStoreDB (server)', startRealEngine);
}
