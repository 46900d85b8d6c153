import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseInbound, type Answer } from '@duestream/contracts';
import { runProgram } from '../program';

/**
 * A stand-in for the server that knows nothing but the protocol: it answers `duplicate` to what it has seen, and
 * misbehaves as it is told. It is there for faults that the real server cannot be made to show on demand; what an import
 * does to accounts is tested against the real one.
 */
class StandIn {
  readonly seen = new Set<string>();
  readonly batches: { readonly query: string; readonly messages: number }[] = [];
  /** Taken one per batch: what goes wrong. */
  readonly faults: ((request: IncomingMessage, response: ServerResponse) => 'answered' | 'go on')[] = [];
  behindForQueries = 0;
  /** Positions that queries were to wait for. */
  readonly awaited: string[] = [];
  private readonly writtenAt = new Map<string, number>();
  private readonly server: Server = createServer((request, response) => void this.handle(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? '/', 'http://stand-in');
    if (url.pathname === '/v1/messages') return this.takeBatch(body, url.search, request, response);
    this.awaited.push(String(request.headers['duestream-min-position']));
    if (url.pathname === '/v1/accounts' && this.behindForQueries-- > 0) return busy(response);
    reply(response, 200, { items: [], nextCursor: null });
  }

  private takeBatch(body: string, query: string, request: IncomingMessage, response: ServerResponse): void {
    const lines = body.split('\n').filter((line) => line !== '');
    this.batches.push({ query, messages: lines.length });
    if (this.faults.shift()?.(request, response) === 'answered') return;
    const items = lines.map((line) => this.answer(line));
    const latest = Math.max(...lines.map((sent) => this.writtenAt.get(sent) ?? 0));
    reply(response, 200, { items }, latest === 0 ? {} : { 'duestream-position': `p-${latest}` });
  }

  private answer(line: string): Answer {
    const parsed = parseInbound(JSON.parse(line), { enforcement: 'enforce' });
    if (!parsed.ok) {
      const { code, detail } = parsed.problem;
      return {
        id: parsed.id,
        status: 'refused',
        accountRevision: null,
        position: null,
        problem: { type: code, title: code, status: 400, detail, code },
      };
    }
    const status = this.seen.has(line) ? 'duplicate' : 'accepted';
    this.seen.add(line);
    const at = this.writtenAt.get(line) ?? this.seen.size;
    this.writtenAt.set(line, at);
    return { id: parsed.message.id, status, accountRevision: at, position: `p-${at}` };
  }
}

const standIn = { current: new StandIn(), url: '' };
let folder = '';

beforeEach(async () => {
  standIn.current = new StandIn();
  standIn.url = await standIn.current.start();
  folder = mkdtempSync(path.join(tmpdir(), 'duestream-import-'));
});
afterEach(async () => {
  await standIn.current.stop();
  rmSync(folder, { recursive: true });
});

const message = (n: number, change: object = {}) =>
  JSON.stringify({
    specversion: '1.0',
    id: `m-${n}`,
    source: '/test',
    type: 'order.placed.v1',
    subject: 'C-1',
    data: { orderId: `SO-${n}`, amount: { amount: '1.00', currency: 'EUR' }, orderDate: '2026-03-02' },
    ...change,
  });

const messages = (count: number) => Array.from({ length: count }, (_, n) => message(n));

async function runImport(content: string, ...options: readonly string[]) {
  const file = path.join(folder, 'file.ndjson');
  writeFileSync(file, content);
  return run('import', file, '--url', standIn.url, '--format', 'json', ...options);
}

async function run(...args: readonly string[]) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const taken = Promise.all([text(out), text(err)]);
  const code = await runProgram(args, { out, err }, {});
  out.end();
  err.end();
  const [stdout, stderr] = await taken;
  return { code, stdout, stderr, report: (stdout === '' ? {} : JSON.parse(stdout)) as Record<string, unknown> };
}

describe('duestream import', () => {
  it('sends batches of a thousand in the order of the file, and reports lines', async () => {
    const { code, report, stderr } = await runImport(messages(2500).join('\n'));
    expect(code).toBe(0);
    expect(report).toEqual({
      accepted: 2500,
      duplicate: 0,
      waiting: 0,
      refused: 0,
      problems: [],
      position: 'p-2500',
      seconds: report['seconds'],
    });
    expect(standIn.current.batches.map((batch) => batch.messages)).toEqual([1000, 1000, 500]);
    expect([...standIn.current.seen]).toEqual(messages(2500));
    expect(stderr).toBe('');
  });

  it('finds everything duplicate the second time', async () => {
    await runImport(messages(3).join('\n'));
    expect((await runImport(messages(3).join('\n'))).report).toMatchObject({ accepted: 0, duplicate: 3 });
  });

  it('reports a malformed line with its number and reason, goes on with the rest, and ends with 1', async () => {
    const content = ['\ufeff' + message(1), '{"broken', '', message(2, { type: 'x' }), message(3)].join('\r\n');
    const { code, report } = await runImport(content);
    expect(code).toBe(1);
    expect(report).toMatchObject({ accepted: 2, refused: 2 });
    expect(report['problems']).toMatchObject([
      { line: 2, id: null },
      { line: 4, id: 'm-2', reason: 'type is "x"; expected one of the inbound message types' },
    ]);
    expect(JSON.stringify(report['problems'])).toContain('"reason":"not JSON: ');
  });

  it('takes an empty file as done', async () => {
    expect(await runImport('')).toMatchObject({ code: 0, report: { accepted: 0, refused: 0, position: null } });
  });

  it('asks for observation on the date of each document', async () => {
    await runImport(message(1), '--observe');
    expect(standIn.current.batches[0]?.query).toBe('?enforcement=observe&businessDate=document');
  });

  it('sends nothing in a dry run', async () => {
    const { code, report, stderr } = await runImport([message(1), message(2, { subject: '' })].join('\n'), '--dry-run');
    expect({ code, batches: standIn.current.batches }).toEqual({ code: 1, batches: [] });
    expect(report).toMatchObject({ accepted: 1, refused: 1, position: null });
    expect(stderr).toContain('nothing was sent');
  });

  it('waits as long as the server asks it to, then sends the same batch again', async () => {
    standIn.current.faults.push((_, response) => answered(() => busy(response)));
    const { code, report, stderr } = await runImport(messages(5).join('\n'));
    expect({ code, report }).toMatchObject({ code: 0, report: { accepted: 5 } });
    expect(standIn.current.batches.map((batch) => batch.messages)).toEqual([5, 5]);
    expect(stderr).toContain('trying again in 1.0 s');
  });

  it('repeats a batch whose connection broke before the answer', async () => {
    standIn.current.faults.push((request) => answered(() => request.socket.destroy()));
    const { code, report } = await runImport(messages(5).join('\n'));
    expect({ code, report }).toMatchObject({ code: 0, report: { accepted: 5 } });
  });

  it('stops at once when the server refuses the whole batch, and says where', async () => {
    const problem = { type: 't', title: 'Bad Request', status: 400, detail: 'no such parameter', code: 'parameter' };
    standIn.current.faults.push((_, response) => answered(() => reply(response, 400, problem)));
    const { code, stdout, stderr } = await runImport(messages(5).join('\n'));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('stopped before line 1: no such parameter');
  });

  it('ends when the read models have its last position', async () => {
    standIn.current.behindForQueries = 2;
    expect((await runImport(messages(2).join('\n'))).code).toBe(0);
    expect(standIn.current.behindForQueries).toBeLessThan(0);
  });

  describe('of which the server knows some', () => {
    const [known, first, second] = [messages(2), messages(1002).slice(2), messages(2002).slice(1002)];
    beforeEach(async () => {
      await runImport(known.join('\n'));
      standIn.current.awaited.length = 0;
    });

    it('waits for the last write, not for what the batches after it had long before', async () => {
      const { report } = await runImport([...first, ...second, ...known].join('\n'));
      expect(report).toMatchObject({ accepted: 2000, duplicate: 2, position: 'p-2002' });
      expect(standIn.current.awaited.slice(-2)).toEqual(['p-2002', 'p-2']);
      expect(standIn.current.awaited).not.toContain('p-1002');
    });

    it('waits for every batch of those that write nothing: what they had may have been written just before', async () => {
      await runImport([...first, ...second].join('\n'));
      standIn.current.awaited.length = 0;
      const { report } = await runImport([...second, ...first, ...known].join('\n'));
      expect(report).toMatchObject({ accepted: 0, duplicate: 2002 });
      expect(standIn.current.awaited.slice(-3)).toEqual(['p-2002', 'p-1002', 'p-2']);
    });
  });

  it.each([
    [['import', 'none.ndjson'], /cannot read none.ndjson/],
    [['import', 'file.csv'], /--mapping/],
    [['import', 'file.csv', '--mapping', 'none.json'], /cannot read the mapping none.json/],
    [['import'], /missing required argument 'file'/],
    [['aging', '--format', 'xml'], /Allowed choices are table, json, csv/],
    [['nonsense'], /unknown command 'nonsense'/],
  ])('cannot run %j: exit 2 with the reason on stderr', async (args, reason) => {
    const withUrl = args[0] === 'import' && args.length > 1 ? [...args, '--url', standIn.url] : args;
    const { code, stdout, stderr } = await run(...withUrl);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(reason);
  });

  it('cannot run without the server that it is told to use', async () => {
    const { code, stderr } = await run('at-risk', '--url', 'http://127.0.0.1:9');
    expect(code).toBe(2);
    expect(stderr).toContain('no Duestream server answers at http://127.0.0.1:9');
  });
});

function answered(act: () => void): 'answered' {
  act();
  return 'answered';
}

function busy(response: ServerResponse): void {
  reply(response, 503, { type: 't', title: 'busy', status: 503, detail: 'busy', code: 'busy' }, { 'retry-after': '1' });
}

function reply(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
