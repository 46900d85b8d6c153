import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { useTestDatabase } from '@duestream/platform/testing';
import { runCommandLine } from '../support/command-line';
import { startTestServer, type Json, type TestServer } from './support/server';

const database = useTestDatabase();
let server: TestServer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'duestream-changes-'));
  server = await startTestServer(database().connectionString);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const euros = { amount: '{amount}', currency: 'EUR' };
const MAPPING = {
  source: '/import/changes',
  account: '{account}',
  columns: {
    what: { from: 'What' },
    account: { from: 'Account' },
    day: { from: 'Day' },
    order: { from: 'Order' },
    amount: { from: 'Amount', as: 'amount' },
    reason: { from: 'Reason' },
  },
  openAccount: { name: '{account}', currency: 'EUR' },
  messages: [
    { type: 'limit.set.v1', when: { what: 'limit' }, data: { amount: euros, validFrom: '{day}' } },
    {
      type: 'order.placed.v1',
      when: { what: 'order' },
      data: { orderId: '{order}', amount: euros, orderDate: '{day}' },
    },
    {
      type: 'order.changed.v1',
      when: { what: 'change' },
      data: { orderId: '{order}', amount: euros, changedOn: '{day}' },
    },
    { type: 'account.blocked.v1', when: { what: 'block' }, data: { reason: '{reason}', blockedOn: '{day}' } },
    { type: 'account.unblocked.v1', when: { what: 'unblock' }, data: { reason: '{reason}', unblockedOn: '{day}' } },
  ],
};

async function importRows(...rows: readonly string[]): Promise<Json> {
  const [file, mapping] = [path.join(folder, 'rows.csv'), path.join(folder, 'mapping.json')];
  writeFileSync(file, ['What,Account,Day,Order,Amount,Reason', ...rows].join('\n'));
  writeFileSync(mapping, JSON.stringify(MAPPING));
  const args = ['import', file, '--mapping', mapping, '--url', server.url, '--format', 'json'];
  return JSON.parse((await runCommandLine(args, {})).out) as Json;
}

describe('duestream import of CSV rows that change the same thing again', () => {
  const rows = [
    'limit,C-1,2026-01-01,,500,',
    'limit,C-1,2026-02-01,,800,',
    'order,C-1,2026-02-02,SO-1,100,',
    // Of one day, so that nothing but their order in the file says which one stands.
    ...[110, 120, 130, 140, 150].map((amount) => `change,C-1,2026-02-03,SO-1,${amount},`),
    'block,C-2,2026-01-01,,,late',
    'unblock,C-2,2026-01-05,,,paid',
    'block,C-2,2026-01-09,,,late again',
  ];

  it('takes each, in the order of the file, and none twice', async () => {
    expect(await importRows(...rows)).toMatchObject({ accepted: rows.length, refused: 0, problems: [] });
    expect((await server.get('/v1/accounts/C-1')).json).toMatchObject({ limit: { amount: { amount: '800.00' } } });
    expect((await server.get('/v1/accounts/C-1/orders/SO-1')).json).toMatchObject({ amount: '150.00' });
    expect((await server.get('/v1/accounts/C-2')).json).toMatchObject({ blocked: true });
    expect(await importRows(...rows)).toMatchObject({ accepted: 0, duplicate: rows.length, refused: 0 });
  });
});
