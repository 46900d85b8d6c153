import { describeEventStore } from '@duestream/event-store/testing';
import { startStandInEngine } from './stand-in-engine';

describeEventStore('EventStoreDB (stand-in)', startStandInEngine);
