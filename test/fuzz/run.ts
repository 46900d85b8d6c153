import { Client } from 'pg';
import type { Case } from './cases';
import { generate } from './generate';
import { describe, type Operation } from './description';
import { judge, openedBy, verdictOf } from './judge';
import type { JsonObject } from './json';
import { Oracle } from './oracle';
import { prepare, Sender, type Prepared, type Received } from './wire';
import { ACCOUNTS, foundation, validDraft } from './world';

export interface FuzzOptions {
  readonly url: string;
  /** The database of the server, to see what it wrote. */
  readonly databaseUrl: string;
  readonly seed: number;
  /** Of each operation and each message type. */
  readonly casesPerOperation: number;
  /** Only operations whose id contains this. */
  readonly only?: string;
  onOperation?(summary: OperationSummary): void;
}

export interface OperationSummary {
  readonly id: string;
  readonly cases: number;
  /** How many the oracle calls right; they were accepted, or refused by a rule of the domain. */
  readonly valid: number;
  readonly failures: number;
}

export interface Failure {
  readonly operation: string;
  readonly kind: string;
  readonly what: string;
  readonly failure: string;
  readonly answer: Received;
  readonly prepared: Prepared;
}

export interface FuzzReport {
  readonly operations: readonly OperationSummary[];
  readonly casesByKind: ReadonlyMap<string, number>;
  readonly failures: readonly Failure[];
}

/** Sends bad requests of every kind to every operation and holds each answer against what it deserved. */
export class Fuzz {
  private readonly sender: Sender;
  private readonly store: Client;
  private readonly casesByKind = new Map<string, number>();
  private readonly failures: Failure[] = [];
  private readonly slow: Case[] = [];
  /** Those that exist; a valid request to any other is 404. */
  private readonly accounts = new Set(ACCOUNTS);

  private constructor(
    private readonly options: FuzzOptions,
    readonly operations: readonly Operation[],
    private readonly oracle: Oracle,
    private readonly casesOf: (operation: Operation) => readonly Case[],
  ) {
    this.sender = new Sender(options.url);
    this.store = new Client({ connectionString: options.databaseUrl });
  }

  /** Reads the description from the server and writes the documents that the requests build upon. */
  static async open(options: FuzzOptions): Promise<Fuzz> {
    const openApi = (await (await fetch(`${options.url}/openapi.json`)).json()) as JsonObject;
    const description = describe(openApi);
    const oracle = new Oracle(description);
    const { only = '', seed, casesPerOperation } = options;
    const operations = description.operations.filter(({ id }) => id.includes(only));
    if (operations.length === 0) throw new Error(`no operation has ${only} in its id`);
    const casesOf = (operation: Operation): readonly Case[] => {
      // Of what takes seconds many are left out.
      const factor = operation.id.startsWith('Operations_') ? 4 : 1;
      const some = generate(operation, description, seed, factor * casesPerOperation);
      return some.filter(sparing(oracle)).slice(0, casesPerOperation);
    };
    const fuzz = new Fuzz(options, operations, oracle, casesOf);
    await fuzz.store.connect();
    await fuzz.layFoundation();
    return fuzz;
  }

  async close(): Promise<void> {
    this.sender.close();
    await this.store.end();
  }

  async run(): Promise<FuzzReport> {
    const operations: OperationSummary[] = [];
    for (const operation of this.operations) {
      await this.assertValidDraftIsAccepted(operation);
      const summary = await this.runOperation(operation);
      operations.push(summary);
      this.options.onOperation?.(summary);
    }
    await this.runSlow();
    return { operations, casesByKind: this.casesByKind, failures: this.failures };
  }

  /** All requests that are refused, many at once, without a look at the answers: what this takes must be given back. */
  async repeatRefused(): Promise<number> {
    let count = 0;
    for (const operation of this.operations) {
      const refused = this.casesOf(operation).filter(
        (one) => one.wire?.delivery !== 'slow' && verdictOf(one, this.oracle).kind === 'refused',
      );
      for (let start = 0; start < refused.length; start += AT_ONCE) {
        await Promise.all(refused.slice(start, start + AT_ONCE).map((one) => this.send(prepare(one))));
      }
      count += refused.length;
    }
    return count;
  }

  private async runOperation(operation: Operation): Promise<OperationSummary> {
    const failuresBefore = this.failures.length;
    let valid = 0;
    const cases = this.casesOf(operation);
    for (const one of cases) {
      this.casesByKind.set(one.kind, (this.casesByKind.get(one.kind) ?? 0) + 1);
      if (one.wire?.delivery === 'slow') this.slow.push(one);
      else if (await this.runCase(one)) valid += 1;
    }
    return { id: operation.id, cases: cases.length, valid, failures: this.failures.length - failuresBefore };
  }

  /** True when the request was right. */
  private async runCase(one: Case): Promise<boolean> {
    const verdict = verdictOf(one, this.oracle);
    const prepared = prepare(one);
    const before = await this.endOfStore();
    const received = await this.send(prepared);
    const after = await this.endOfStore();
    const opened = verdict.kind === 'valid' ? openedBy(one) : null;
    if (opened !== null) this.accounts.add(opened);
    const { failure, writes } = judge(one, verdict, received, this.accounts);
    if (failure !== null) this.fail(one, prepared, received, failure);
    else if (writes !== (before !== after)) {
      this.fail(one, prepared, received, writes ? 'accepted, but nothing was written' : 'something was written');
    }
    return verdict.kind === 'valid';
  }

  /** Slow clients wait side by side until the server has had enough of them. */
  private async runSlow(): Promise<void> {
    const before = await this.endOfStore();
    await Promise.all(
      this.slow.map(async (one) => {
        const prepared = prepare(one);
        const received = await this.send(prepared);
        const { failure } = judge(one, verdictOf(one, this.oracle), received, this.accounts);
        if (failure !== null) this.fail(one, prepared, received, failure);
      }),
    );
    if ((await this.endOfStore()) !== before) throw new Error('a slow client made the server write');
  }

  /** A bad request only tells something when nothing but its badness stands between it and success. */
  private async assertValidDraftIsAccepted(operation: Operation): Promise<void> {
    const one = { operation, kind: 'valid', what: 'nothing is wrong', draft: validDraft(operation, 0) };
    const faults = this.oracle.faultsOf(operation, one.draft);
    const prepared = prepare(one);
    const received = await this.send(prepared);
    const isRefused = /"status":"refused"/.test(received.text) || received.status >= 300;
    if (!isRefused && faults.length === 0) return;
    const why = faults.map(({ field }) => field).join(', ');
    this.fail(one, prepared, received, `the request that all others are made of is refused (faults: ${why})`);
  }

  private async send(prepared: Prepared): Promise<Received> {
    try {
      return await this.sender.send(prepared);
    } catch (error) {
      return { status: 0, contentType: '', text: error instanceof Error ? error.message : String(error) };
    }
  }

  private async layFoundation(): Promise<void> {
    const answer = await fetch(`${this.options.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(foundation()),
    });
    const text = await answer.text();
    if (answer.status !== 200 || /"status":"(refused|waiting)"/.test(text)) throw new Error(`no foundation: ${text}`);
    // The last message's document is read by the queries that follow.
    const position = answer.headers.get('duestream-position') ?? '';
    await fetch(`${this.options.url}/v1/accounts`, { headers: { 'duestream-min-position': position } });
  }

  private async endOfStore(): Promise<string> {
    const { rows } = await this.store.query<{ at: string }>(
      `SELECT concat_ws('/', incarnation, xid, sequence) AS at
         FROM store.events ORDER BY incarnation DESC, xid DESC, sequence DESC LIMIT 1`,
    );
    return rows[0]?.at ?? 'nothing';
  }

  private fail({ operation, kind, what }: Case, prepared: Prepared, answer: Received, failure: string): void {
    this.failures.push({ operation: operation.id, kind, what, failure, answer, prepared });
  }
}

const AT_ONCE = 16;
const MOST_LONG_OPERATIONS = 3;

/** Of the operations that take seconds, only a few are let through; what is wrong with a request costs nothing. */
function sparing(oracle: Oracle): (one: Case) => boolean {
  let long = 0;
  return (one) => {
    const isLong = one.operation.id.startsWith('Operations_') && verdictOf(one, oracle).kind === 'valid';
    if (isLong) long += 1;
    return !isLong || long <= MOST_LONG_OPERATIONS;
  };
}
