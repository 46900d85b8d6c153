import {
  ACTOR_HEADER,
  MAX_PAGE_ITEMS,
  MIN_POSITION_HEADER,
  POSITION_HEADER,
  type AnswerList,
  type Page,
  type ProblemDetails,
} from '@duestream/contracts';
import { CliError, messageOf } from '../terminal/cli-error';

/** Long enough for the slowest report; a batch of messages is answered within seconds. */
const REQUEST_TIMEOUT_MS = 120_000;

type Query = Readonly<Record<string, string | undefined>>;

/** The server said no. `retryAfterSeconds` is set when it may say yes later. */
export class ServerProblem extends CliError {
  constructor(
    readonly problem: ProblemDetails,
    readonly retryAfterSeconds: number | null,
  ) {
    super(`server.${problem.code}`, problem.detail === '' ? `${problem.status} ${problem.title}` : problem.detail);
  }
}

export class Interrupted extends CliError {
  constructor() {
    super('interrupted', 'interrupted');
  }
}

/** The connection failed or broke: whether the server did what was asked is not known. */
export class ConnectionLost extends CliError {
  constructor(url: string, cause: unknown) {
    super('server.unreachable', `no answer from ${url}: ${reasonOf(cause)}`);
  }
}

/** One that takes commands alone. */
class ShowsNothing extends CliError {
  constructor(url: string) {
    super(
      'server.shows-nothing',
      `all is written, but ${url} serves no queries that would show it: name who does with --queries-url`,
    );
  }
}

export interface SentBatch {
  readonly answers: AnswerList;
  /** Of the server's answer: as far as the whole batch has been written. */
  readonly position: string | null;
}

/** The HTTP interface as the commands use it. */
export class ServerClient {
  constructor(
    readonly baseUrl: string,
    private readonly actor: string,
    /** Aborted when the person at the terminal has had enough. */
    readonly signal: AbortSignal = new AbortController().signal,
  ) {}

  async get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    return readJson<Answer>(await this.request('GET', path, query));
  }

  /** Every page of a list, in one. */
  async list<Item>(path: string, query: Query = {}): Promise<Page<Item>> {
    const items: Item[] = [];
    let cursor: string | undefined;
    do {
      const page: Page<Item> = await this.get(path, { ...query, limit: String(MAX_PAGE_ITEMS), cursor });
      for (const item of page.items) items.push(item);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return { items, nextCursor: null };
  }

  async sendMessages(lines: readonly string[], query: Query): Promise<SentBatch> {
    const response = await this.request('POST', '/v1/messages', query, {
      body: lines.join('\n'),
      headers: { 'content-type': 'application/x-ndjson' },
    });
    return { position: response.headers.get(POSITION_HEADER), answers: await readJson<AnswerList>(response) };
  }

  /** True when the read models have the position; the server waits for some seconds before it says no. */
  async hasReached(position: string): Promise<boolean> {
    try {
      const response = await this.request(
        'GET',
        '/v1/accounts',
        { limit: '1' },
        { headers: { [MIN_POSITION_HEADER]: position } },
      );
      await response.arrayBuffer();
      return true;
    } catch (error) {
      if (!(error instanceof ServerProblem)) throw error;
      if (error.retryAfterSeconds !== null) return false;
      throw error.problem.code === 'route.unknown' ? new ShowsNothing(this.baseUrl) : error;
    }
  }

  /** An NDJSON answer, line by line as it comes. */
  async *lines<Line>(path: string, query: Query): AsyncGenerator<Line> {
    const response = await this.request('POST', path, query, {}, null);
    if (response.body === null) return;
    let rest = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part.trim() !== '') yield parseJson<Line>(part);
    }
    if (rest.trim() !== '') yield parseJson<Line>(rest);
  }

  async isAlive(timeoutMs: number): Promise<boolean> {
    try {
      const response = await fetch(new URL('/health/live', this.baseUrl), { signal: AbortSignal.timeout(timeoutMs) });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }

  private async request(
    method: string,
    path: string,
    query: Query,
    init: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> } = {},
    timeoutMs: number | null = REQUEST_TIMEOUT_MS,
  ): Promise<Response> {
    const url = new URL(path, this.baseUrl);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    const headers = { accept: 'application/json', [ACTOR_HEADER]: this.actor, ...init.headers };
    let response: Response;
    try {
      const signal = timeoutMs === null ? this.signal : AbortSignal.any([this.signal, AbortSignal.timeout(timeoutMs)]);
      response = await fetch(url, {
        method,
        headers,
        signal,
        ...(init.body === undefined ? {} : { body: init.body }),
      });
    } catch (error) {
      if (this.signal.aborted) throw new Interrupted();
      throw new ConnectionLost(this.baseUrl, error);
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  }
}

/** One part of a path: ids hold any character. */
export function segment(id: string): string {
  return encodeURIComponent(id);
}

async function problemOf(response: Response): Promise<ServerProblem> {
  const retryAfter = response.headers.get('retry-after');
  const seconds = retryAfter === null ? null : Math.max(Number.parseInt(retryAfter, 10) || 1, 0);
  const text = await response.text().catch(() => '');
  return new ServerProblem(readProblem(text, response), seconds);
}

function readProblem(text: string, { status, statusText }: Response): ProblemDetails {
  const unknown = {
    type: 'about:blank',
    title: statusText,
    status,
    detail: `the server answered ${status} ${statusText}`,
    code: String(status),
  };
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed !== null && typeof parsed === 'object' ? { ...unknown, ...parsed } : unknown;
  } catch {
    return unknown;
  }
}

async function readJson<Answer>(response: Response): Promise<Answer> {
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    throw new ConnectionLost(response.url, error);
  }
  return parseJson<Answer>(text);
}

/** The server's shapes are our own contract, which its tests keep. */
function parseJson<Answer>(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    throw new CliError('server.not-json', `the server's answer is not JSON: ${text.slice(0, 80)}`);
  }
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const code: unknown = inner instanceof Error ? Reflect.get(inner, 'code') : undefined;
  return typeof code === 'string' && messageOf(inner) === '' ? code : messageOf(inner);
}
