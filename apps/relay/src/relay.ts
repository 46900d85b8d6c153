import { openEngines, openKafka, relayHealth, startProcess, startRelay, type Running } from '@duestream/hosting';
import { serveHttp } from '@duestream/http-api';
import type { RoleConfig } from '@duestream/platform';

/** The event store's events to Kafka. One relay of all is at work, the others stand by. */
export function startRelayRole(config: RoleConfig): Promise<Running> {
  return startProcess(config, async (around) => {
    const engines = await openEngines(config, around);
    const kafka = await openKafka(config.feed.kafka, around);
    const relay = await startRelay(kafka, engines, around);
    around.metrics.gauge({ isRelaying: () => relay.state === 'active' });
    const checks = {
      eventStore: () => engines.store.health(),
      kafka: () => kafka.health(),
      relay: () => relayHealth(relay),
    };
    return serveHttp({ modules: [], checks }, config.http, around);
  });
}
