import { describeEventStore } from '../testing/describe-event-store';
import { startPostgresEngine } from '../testing/postgres-engine';

describeEventStore('PostgreSQL', startPostgresEngine);
