import { EventStoreDBClient } from '@eventstore/db-client';
import { checkedConnectionString, InvalidConnectionString } from './connection-string';

export interface ClientHandle {
  readonly client: EventStoreDBClient;
  /** Ends its calls and closes its connection. */
  dispose(): Promise<void>;
}

/** Throws `InvalidConnectionString`. */
export function createClient(connectionString: string): ClientHandle {
  const client = connect(checkedConnectionString(connectionString));
  guardReconnecting(client);
  const channel = rememberChannel(client);
  return {
    client,
    dispose: async () => {
      await client.dispose();
      channel()?.close();
    },
  };
}

function connect(connectionString: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(connectionString);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    // What the client's parser says quotes the string, and with it the password.
    const shown = /certificate|userCertFile|keepAlive|defaultDeadline/i.test(why) && !why.startsWith('Unexpected');
    throw new InvalidConnectionString(`the connection string of EventStoreDB cannot be used${shown ? `: ${why}` : ''}`);
  }
}

/**
 * The client looks for another node without waiting for the end of that, so that a cluster that is away would end the
 * process as an unhandled rejection. The call itself rejects as well, which is enough.
 */
function guardReconnecting(client: EventStoreDBClient): void {
  const reconnect: unknown = Reflect.get(client, 'handleError');
  if (typeof reconnect !== 'function') throw new Error('this version of the client is not known');
  Reflect.set(client, 'handleError', async (...args: unknown[]): Promise<void> => {
    try {
      await Reflect.apply(reconnect, client, args);
    } catch {
      // The failed call has been answered.
    }
  });
}

/** `dispose` of the client ends calls and leaves the connection open. */
function rememberChannel(client: EventStoreDBClient): () => Closable | null {
  const create: unknown = Reflect.get(client, 'createChannel');
  if (typeof create !== 'function') throw new Error('this version of the client is not known');
  let newest: Closable | null = null;
  Reflect.set(client, 'createChannel', async (): Promise<unknown> => {
    const channel: unknown = await Reflect.apply(create, client, []);
    newest = isClosable(channel) ? channel : null;
    return channel;
  });
  return () => newest;
}

interface Closable {
  close(): void;
}

function isClosable(value: unknown): value is Closable {
  return value instanceof Object && 'close' in value && typeof value.close === 'function';
}
