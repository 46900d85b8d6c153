export { describeEventStore } from './describe-event-store';
export type { EngineUnderTest } from './engine-under-test';
export { FaultyProxy } from './faulty-proxy';
export * from './samples';
