import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Unavailable } from '@duestream/event-store';
import { eventually, mustAppend, newStreamId, readWhole, sampleBatch } from '@duestream/event-store/testing';
import type { StandInNode } from '../eventstoredb-stand-in';
import { useStandIns } from './stand-ins';

const { startNode, openStore } = useStandIns();

describe('a secured EventStoreDB', () => {
  const tls = {
    key: readFileSync(path.join(__dirname, 'tls/key.pem')),
    certificate: readFileSync(path.join(__dirname, 'tls/certificate.pem')),
  };
  const user = { name: 'duestream', password: 'ä:@/ secret' };
  const ca = `tlsCAFile=${encodeURIComponent(path.join(__dirname, 'tls/certificate.pem'))}`;
  const urlOf = ({ address }: StandInNode, password: string, options: string) =>
    `esdb://${user.name}:${encodeURIComponent(password)}@localhost:${address.port}?tls=true&${options}`;

  it('is reached by TLS with its authority and the right password, for appends, reads and subscriptions', async () => {
    const node = await startNode({ tls, user });
    const store = await openStore(urlOf(node, user.password, ca));
    const streamId = newStreamId();
    await mustAppend(store, sampleBatch(streamId, -1, 'first', 2));
    expect(await readWhole(store, streamId)).toHaveLength(2);
    let seen = 0;
    const subscription = store.subscribeToAll({
      after: null,
      batchSize: 10,
      lingerMs: 0,
      onEvents: async (events) => void (seen += events.length),
      onError: () => undefined,
    });
    await eventually(() => seen === 2, 'the events');
    await subscription.stop();
  });

  it('refuses a wrong password, and says so', async () => {
    const node = await startNode({ tls, user });
    const opening = openStore(urlOf(node, 'wrong', ca));
    await expect(opening).rejects.toBeInstanceOf(Unavailable);
    await expect(opening).rejects.toThrow(/refused access: wrong user, password or rights/);
  });

  it('is not trusted without its authority', async () => {
    const node = await startNode({ tls, user });
    const opening = openStore(urlOf(node, user.password, 'connectionName=test'), { readTimeoutMs: 2_000 });
    await expect(opening).rejects.toBeInstanceOf(Unavailable);
  });
});
