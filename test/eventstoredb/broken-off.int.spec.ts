import { credentials, Metadata } from '@grpc/grpc-js';
import { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import { AppendReq } from '@eventstore/db-client/generated/streams_pb';
import { newStreamId, readWhole } from '@duestream/event-store/testing';
import { useStandIns } from './stand-ins';

const { startNode, openOn } = useStandIns();

/** What the adapter relies on; see ADR 50 for what is known of real servers. */
describe('an append that is broken off between its events', () => {
  it('has written nothing, so that a command is there whole or not at all', async () => {
    const node = await startNode();
    const store = await openOn(node);
    const streamId = newStreamId();
    const client = new StreamsClient(`127.0.0.1:${node.address.port}`, credentials.createInsecure());
    const before = node.calls.append;
    let ended: () => void = () => undefined;
    const over = new Promise<void>((resolve) => (ended = resolve));
    const call = client.append(new Metadata(), () => ended());
    call.write(options(streamId));
    await new Promise((resolve) => call.write(event('01a213ee-335c-5457-b244-313e2ce66cfa'), resolve));
    while (node.calls.append === before) await new Promise((resolve) => setImmediate(resolve));
    call.cancel();
    await over;
    // Calls are answered in their turn: what the broken one would have written is there when the next has been taken.
    const next = newStreamId();
    await store.append([{ streamId: next, expectedRevision: -1, events: [written] }]);
    expect(await readWhole(store, next)).toHaveLength(1);
    expect(await readWhole(store, streamId)).toHaveLength(0);
    client.close();
  });
});

const written = { id: '01a213ee-335c-5457-b244-313e2ce66cfb', type: 'told.v1', data: '{}', metadata: '{}' };

function options(streamId: string): AppendReq {
  const name = new StreamIdentifier().setStreamName(Buffer.from(streamId).toString('base64'));
  return new AppendReq().setOptions(new AppendReq.Options().setStreamIdentifier(name).setNoStream(new Empty()));
}

function event(id: string): AppendReq {
  const message = new AppendReq.ProposedMessage().setId(new UUID().setString(id)).setData(Buffer.from('{}'));
  message.getMetadataMap().set('type', 'told.v1').set('content-type', 'application/octet-stream');
  return new AppendReq().setProposedMessage(message);
}
