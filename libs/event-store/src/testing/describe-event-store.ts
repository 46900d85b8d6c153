import { appending } from './conformance/appending';
import { concurrency } from './conformance/concurrency';
import { faults } from './conformance/faults';
import { lifecycle } from './conformance/lifecycle';
import { reading } from './conformance/reading';
import { repeating } from './conformance/repeating';
import { subscribing } from './conformance/subscribing';
import { useStores, type EngineUnderTest } from './engine-under-test';

/** What every adapter of the port must do. Each adapter's own spec runs it against its engine. */
export function describeEventStore(name: string, start: () => Promise<EngineUnderTest>): void {
  describe(`${name} as an event store`, () => {
    const stores = useStores(start);
    describe('appending', () => appending(stores));
    describe('reading', () => reading(stores));
    describe('repeating an append', () => repeating(stores));
    describe('concurrency', () => concurrency(stores));
    describe('lost connections', () => faults(stores));
    describe('subscribing', () => subscribing(stores));
    describe('snapshots, positions, closing', () => lifecycle(stores));
  });
}
