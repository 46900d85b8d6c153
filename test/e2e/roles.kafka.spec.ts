import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startApi } from '@duestream/api';
import { testKafkaConfig, until } from '@duestream/event-feed/testing';
import type { Running } from '@duestream/hosting';
import type { Role } from '@duestream/platform';
import { createTestDatabase, describeWithKafka } from '@duestream/platform/testing';
import { runCommandLine } from '../support/command-line';
import { KafkaDoor } from './support/kafka-door';
import { euros, openAccount, placeOrder, setLimit } from './support/messages';
import { roleConfig, startRole } from './support/roles';
import { ask } from './support/server';

/** When nothing is to be expected any more. */
jest.setTimeout(240_000);

describeWithKafka('roles over Kafka', (broker) => {
  it('let an import send to the api and wait for what queries show', async () => {
    await withRoles(['api', 'relay', 'projector', 'queries'], async ({ url }) => {
      await withFile(
        [openAccount('C-1'), setLimit('C-1', '500.00'), placeOrder('C-1', 'SO-1', '200.00')],
        async (file) => {
          const args = ['import', file, '--format', 'json', '--url', url('api')];
          const sent = await runCommandLine([...args, '--queries-url', url('queries')], {});
          expect([sent.exitCode, JSON.parse(sent.out)]).toMatchObject([0, { accepted: 3 }]);
          const shown = await ask(`${url('queries')}/v1/accounts/C-1/exposure`, 'GET');
          expect(shown.json).toMatchObject({ total: '200.00' });

          const blind = await runCommandLine(args, {});
          expect(blind.exitCode).toBe(2);
          expect(blind.err).toContain('serves no queries that would show it: name who does with --queries-url');
        },
      );
    });
  });

  it('decide as one for an account that comes through two doors at once', async () => {
    await withRoles(['api', 'intake', 'relay', 'projector', 'queries'], async ({ url, door }) => {
      await door.send(openAccount('C-1'), setLimit('C-1', '100.00'));
      await door.answers(2);
      const orders = Array.from({ length: 40 }, (_, n) => placeOrder('C-1', `K-${n}`, '4.00'));
      const [, over] = await Promise.all([
        door.send(...orders),
        Promise.all(
          orders.map((_, n) =>
            ask(`${url('api')}/v1/accounts/C-1/orders`, 'POST', {
              body: { orderId: `H-${n}`, amount: euros('4.00') },
            }),
          ),
        ),
      ]);
      const answers = await door.answers(42);
      const statuses = [...over.map(({ json }) => json), ...answers.slice(2).map(({ data }) => data)].map(
        (answer) => (answer as { readonly orderStatus?: string }).orderStatus,
      );
      // Whoever comes first: 25 times 4.00 fit.
      expect(statuses.filter((status) => status === 'approved')).toHaveLength(25);
      expect(statuses.filter((status) => status === 'held')).toHaveLength(55);
      const verified = await ask(`${url('queries')}/v1/operations/verify`, 'POST');
      expect(verified.text).toContain('"intact":true');
    });
  });

  it('stop in mid-load with everything finished: the next intake goes on, and answers nothing twice', async () => {
    await withRoles(['intake'], async ({ running, door, start }) => {
      const accounts = Array.from({ length: 10 }, (_, n) => `C-${n}`);
      await door.send(...accounts.flatMap((id) => [openAccount(id), setLimit(id, '9000.00')]));
      await door.answers(20);
      const orders = Array.from({ length: 1_000 }, (_, n) => placeOrder(`C-${n % 10}`, `SO-${n}`, '1.00'));
      const sent = door.send(...orders);
      const [first] = running;
      await door.answers(21);
      await first?.close();
      await sent;
      await start('intake');
      const answers = await door.answers(1_020);
      expect(answers.filter(({ data }) => data.status !== 'accepted')).toEqual([]);
      expect(new Set(answers.map(({ data }) => data.id)).size).toBe(1_020);
      expect(answers).toHaveLength(1_020);
    });
  });

  it('have one relay at work and another that takes over when it stops', async () => {
    await withRoles(['api', 'relay', 'relay'], async ({ running }) => {
      const [, first, second] = running;
      if (first === undefined || second === undefined) throw new Error('two relays were started');
      await until(async () => (await activeOf(first)) + (await activeOf(second)) === 1);
      const [active, standby] = (await activeOf(first)) === 1 ? [first, second] : [second, first];
      const ready = await ask(`${standby.url}/health/ready`, 'GET');
      expect(ready).toMatchObject({
        status: 200,
        json: { dependencies: { relay: { ready: true, reason: 'it stands by for the one with the lease' } } },
      });
      await active.close();
      await until(async () => (await activeOf(standby)) === 1);
    });
  });

  it('look at held orders again when the date moves: one api at a time, and another when that one stops', async () => {
    const day = 86_400_000;
    let now = Date.parse('2026-03-02T12:00:00Z');
    await withRoles(['relay', 'projector', 'queries'], async ({ url, startApiWith }) => {
      const apis = [await startApiWith({ clock: () => now, businessDayEveryMs: 50 })];
      apis.push(await startApiWith({ clock: () => now, businessDayEveryMs: 50 }));
      const [first, second] = apis;
      const post = (address: string, body: object) => ask(`${second?.url}/v1/accounts/C-1${address}`, 'POST', { body });
      const limitFrom = (date: string, amount: string) => {
        const body = { amount: euros(amount), validFrom: date };
        return ask(`${second?.url}/v1/accounts/C-1/limit`, 'PUT', { body });
      };
      const outcomes = async (): Promise<readonly string[]> => {
        const { json } = await ask(`${url('queries')}/v1/accounts/C-1/history`, 'GET');
        const types = (json['items'] as readonly { readonly type: string }[]).map(({ type }) => type);
        return types.flatMap((type) => /^duestream[.]credit[.](\w+)/.exec(type)?.[1] ?? []);
      };
      await ask(`${second?.url}/v1/accounts/C-1`, 'PUT', { body: { name: 'Ada', currency: 'EUR' } });
      await limitFrom('2026-03-02', '100.00');
      await limitFrom('2026-03-03', '600.00');
      expect(await post('/orders', { orderId: 'A', amount: euros('500.00') })).toMatchObject({
        json: { orderStatus: 'held' },
      });
      now += day;
      await until(async () => (await outcomes()).length === 2);
      await limitFrom('2026-03-04', '900.00');
      expect(await post('/orders', { orderId: 'B', amount: euros('300.00') })).toMatchObject({
        json: { orderStatus: 'held' },
      });
      await first?.close();
      now += day;
      await until(async () => (await outcomes()).length === 4);
      // Both apis have seen the day by now, and one of them once more at its start.
      expect(await outcomes()).toEqual(['held', 'released', 'held', 'released']);
    });
  });

  interface Roles {
    readonly running: readonly Running[];
    readonly door: KafkaDoor;
    readonly url: (role: Role) => string;
    readonly start: (role: Role) => Promise<void>;
    readonly startApiWith: (options: Parameters<typeof startApi>[1]) => Promise<Running>;
  }

  async function withRoles(roles: readonly Role[], work: (roles: Roles) => Promise<void>): Promise<void> {
    const database = await createTestDatabase();
    const config = testKafkaConfig(broker);
    const running: Running[] = [];
    const start = async (role: Role): Promise<void> => {
      running.push(await startRole(role, database.connectionString, config));
    };
    try {
      for (const role of roles) await start(role);
      const url = (role: Role): string => running[roles.indexOf(role)]?.url ?? '';
      const startApiWith: Roles['startApiWith'] = async (options) => {
        const api = await startApi(roleConfig('api', database.connectionString, config), options);
        running.push(api);
        return api;
      };
      await work({ running, url, start, startApiWith, door: new KafkaDoor(config) });
    } finally {
      for (const one of running) await one.close();
      await database.drop();
    }
  }
});

async function activeOf({ url }: Running): Promise<number> {
  const { text } = await ask(`${url}/metrics`, 'GET');
  return Number(/^duestream_relay_active (\d)$/m.exec(text)?.[1]);
}

async function withFile(messages: readonly object[], work: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'duestream-roles-'));
  try {
    const file = path.join(folder, 'messages.ndjson');
    await writeFile(file, messages.map((message) => JSON.stringify(message)).join('\n'));
    await work(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
