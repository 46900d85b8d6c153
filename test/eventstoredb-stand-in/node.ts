import { Server, ServerCredentials, type Metadata } from '@grpc/grpc-js';
import { ClusterInfo, EndPoint, MemberInfo } from '@eventstore/db-client/generated/gossip_pb';
import { GossipService, type IGossipServer } from '@eventstore/db-client/generated/gossip_grpc_pb';
import { UUID } from '@eventstore/db-client/generated/shared_pb';
import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import {
  ServerFeaturesService,
  type IServerFeaturesServer,
} from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { StreamsService, type IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb';
import { FaultyProxy } from '@duestream/event-store/testing';
import { appendService, batchAppendService, deleteService, tombstoneService } from './append-service';
import { serializeAnswer } from './event-answer';
import { Faults } from './faults';
import { StandInLog } from './log';
import { refuse, type ReadCall } from './read-call';
import { readService } from './read-service';
import type { Refusal } from './refusals';

export interface NodeOptions {
  /** Shared by the nodes of a cluster. */
  readonly log?: StandInLog;
  readonly tls?: { readonly key: Buffer; readonly certificate: Buffer };
  /** Whoever is not this user is refused. */
  readonly user?: { readonly name: string; readonly password: string };
}

/**
 * A stand-in for an EventStoreDB node: its gRPC services, in this process and in memory. It is no EventStoreDB. It
 * behaves as real servers were seen to behave where the adapter depends on it, and fails when it is told to.
 */
export class Node {
  readonly faults = new Faults();
  /** How many calls of a kind came, and how many appends waited at once at most. */
  readonly calls = {
    append: 0,
    batchAppend: 0,
    read: 0,
    appendsAtOnce: 0,
    eventsSentToSubscribers: 0,
    checkpointsSent: 0,
  };
  /** Where subscriptions began, in the order of their coming; null: at the start. */
  readonly subscribedFrom: (bigint | null)[] = [];
  private readonly subscriptions = new Map<ReadCall, () => void>();
  private cluster: readonly Node[] = [this];
  private leader: Node = this;

  private constructor(
    readonly log: StandInLog,
    private readonly server: Server,
    private readonly front: FaultyProxy,
    private readonly options: NodeOptions,
  ) {}

  static async start(options: NodeOptions = {}): Promise<Node> {
    const server = new Server({
      'grpc.max_receive_message_length': 17 * 1024 * 1024,
      // Kestrel's default, which the server leaves as it is: see ASP.NET Core's "Limits", MaxStreamsPerConnection.
      'grpc.max_concurrent_streams': 100,
    });
    const behind = await bind(server, options);
    const front = await FaultyProxy.inFrontOf({ host: '127.0.0.1', port: behind });
    const node = new Node(options.log ?? new StandInLog(), server, front, options);
    const streams: IStreamsServer = {
      read: readService(node),
      append: appendService(node),
      batchAppend: batchAppendService(node),
      delete: deleteService(node),
      tombstone: tombstoneService(node),
    };
    const features: IServerFeaturesServer = {
      getSupportedMethods: (_call, callback) => callback(null, supportedMethods()),
    };
    const gossip: IGossipServer = { read: (_call, callback) => callback(null, node.members()) };
    const read = { ...StreamsService.read, responseSerialize: serializeAnswer };
    server.addService({ ...StreamsService, read }, streams);
    server.addService(ServerFeaturesService, features);
    server.addService(GossipService, gossip);
    return node;
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: this.front.port };
  }

  /** One of them leads; the others say so. */
  static cluster(leader: Node, nodes: readonly Node[]): void {
    for (const node of nodes) {
      node.cluster = nodes;
      node.leader = leader;
    }
  }

  /** Breaks every connection and lets new ones in. */
  cut(): null {
    this.front.cut();
    return null;
  }

  /** Nobody gets through until it is back. */
  goAway(): void {
    this.front.become('refuse');
  }

  /** Connections stand, and nothing is answered until it is back. */
  freeze(): void {
    this.front.become('freeze');
  }

  comeBack(): void {
    this.front.become('pass');
  }

  /** Ends every subscription as a server does with consumers that are too slow. */
  dropSubscriptions(refusal: Refusal = { says: 'too-slow' }): void {
    for (const [call, end] of this.subscriptions) {
      end();
      refuse(call, refusal);
    }
  }

  get subscribers(): number {
    return this.subscriptions.size;
  }

  /** Resolves when the subscription is over, whoever ends it. */
  follow(call: ReadCall): Promise<'over'> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.subscriptions.delete(call);
        resolve('over');
      };
      this.subscriptions.set(call, end);
      call.once('cancelled', end);
      call.once('close', end);
    });
  }

  /** Why this node does not serve the call; null when it does. */
  refusalOf(metadata: Metadata): Refusal | null {
    const { user } = this.options;
    const [authorization] = metadata.get('authorization');
    if (user !== undefined && authorization !== basic(user.name, user.password)) return { says: 'unauthenticated' };
    const needsLeader = metadata.get('requires-leader')[0] === 'true';
    return needsLeader && this.leader !== this ? { says: 'not-leader', ...this.leader.address } : null;
  }

  async stop(): Promise<void> {
    this.dropSubscriptions({ says: 'not-ready' });
    await this.front.close();
    this.server.forceShutdown();
  }

  private members(): ClusterInfo {
    const members = this.cluster.map((node) => {
      const { host, port } = node.address;
      const { LEADER, FOLLOWER } = MemberInfo.VNodeState;
      return new MemberInfo()
        .setInstanceId(new UUID().setString(crypto.randomUUID()))
        .setTimeStamp('17900000000000000')
        .setIsAlive(true)
        .setState(node === this.leader ? LEADER : FOLLOWER)
        .setHttpEndPoint(new EndPoint().setAddress(host).setPort(port));
    });
    return new ClusterInfo().setMembersList(members);
  }
}

async function bind(server: Server, { tls }: NodeOptions): Promise<number> {
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ private_key: tls.key, cert_chain: tls.certificate }]);
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error === null ? resolve(port) : reject(error)));
  });
}

/** Names what makes a client use batch appends where it may. */
function supportedMethods(): SupportedMethods {
  const methods = Object.keys(StreamsService).map((name) =>
    new SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName(name.toLowerCase()),
  );
  return new SupportedMethods().setEventStoreServerVersion('24.2.0').setMethodsList(methods);
}

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}
