import { useTestDatabase } from '@duestream/platform/testing';
import { Client } from 'pg';
import { runCommandLine } from '../support/command-line';
import { openAccount, setLimit } from './support/messages';
import { startTestServer, type Json, type TestServer } from './support/server';

const database = useTestDatabase();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(database().connectionString);
  const sent = await server.post('/v1/messages', [openAccount('R-1'), setLimit('R-1', '500.00')]);
  const written = { 'duestream-min-position': sent.headers.get('duestream-position') ?? '' };
  expect((await server.get('/v1/accounts', written)).status).toBe(200);
});
afterAll(() => server.close());

const rebuild = (...args: readonly string[]) => runCommandLine(['rebuild', ...args, '--url', server.url], {});

async function changeLimits(change: string): Promise<void> {
  const client = new Client({ connectionString: database().connectionString });
  await client.connect();
  const { rows } = await client.query<{ number: number }>(
    `SELECT number FROM read_models.generations WHERE state = 'live'`,
  );
  const { rowCount } = await client.query(`UPDATE rm_${rows[0]?.number}.limits SET amount = ${change}`);
  expect(rowCount).toBe(1);
  await client.end();
}

describe('duestream rebuild', () => {
  it('ends with 0 when all read models are what the events give', async () => {
    expect(await rebuild('accounts')).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('rebuilt from') as string,
    });
  });

  it('ends with 1 when any of them is not, whichever it is to report', async () => {
    await changeLimits('amount + 0.01');
    for (const [model, equal] of [
      ['accounts', true],
      ['limits', false],
    ] as const) {
      const { exitCode, out, err } = await rebuild(model, '--format', 'json');
      const result = JSON.parse(out) as Json;
      expect(result).toMatchObject({ swapped: false, models: [{ model, equal }] });
      expect(err).toContain('NOT swapped');
      expect(exitCode).toBe(1);
    }
    await changeLimits('amount - 0.01');
    expect((await rebuild()).exitCode).toBe(0);
  });
});
