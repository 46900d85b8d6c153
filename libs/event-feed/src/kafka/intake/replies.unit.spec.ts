import type { Kafka, RecordMetadata } from 'kafkajs';
import type { AccountId } from '@duestream/domain';
import { Replies } from './replies';

/** A stand-in for the client: a real broker can't be told when to acknowledge. */
class SlowKafka {
  readonly log: string[] = [];
  readonly acknowledge: (() => void)[] = [];

  readonly client = {
    producer: () => ({
      connect: () => Promise.resolve(),
      sendBatch: () =>
        new Promise<RecordMetadata[]>((resolve) => {
          this.log.push('send');
          this.acknowledge.push(() => {
            this.log.push('acknowledged');
            resolve([]);
          });
        }),
      disconnect: () => Promise.resolve(this.log.push('disconnect')),
    }),
  };
}

const identity = { source: '/test', id: 'm1', accountId: 'C-1' as AccountId };
const answer = { id: 'm1', status: 'accepted', accountRevision: 0, position: null } as const;

describe('replies of a partition that is taken away', () => {
  it('go out before its producer is closed', async () => {
    const kafka = new SlowKafka();
    const replies = repliesOver(kafka);
    const sent = replies.send(0, [{ identity, answer }], []).catch(() => undefined);
    await turns();
    replies.keepOnly([1]);
    await turns();
    expect(kafka.log).toEqual(['send']);
    kafka.acknowledge[0]?.();
    await sent;
    await replies.close();
    expect(kafka.log.slice(0, 3)).toEqual(['send', 'acknowledged', 'disconnect']);
  });
});

function repliesOver({ client }: SlowKafka): Replies {
  return new Replies({
    kafka: client as unknown as Kafka,
    topics: { inbound: 'inbound', answers: 'answers', deadLetters: 'dead-letters' },
    maxMessageBytes: 1_000_000,
    onError: () => undefined,
    now: () => new Date(0),
    signal: AbortSignal.abort(),
  });
}

/** Whatever is ready to go on has gone on. */
async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
