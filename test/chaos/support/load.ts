import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, AnswerList } from '@duestream/contracts';
import { NoAnswer, type Doors, type HttpAnswer } from './http';
import type { Ledger, Message } from './ledger';
import type { Random } from './random';
import type { Run } from './run';
import { Traffic } from './traffic';

export interface LoadOptions {
  readonly clients: number;
  readonly accounts: number;
  readonly maxBatch?: number;
  /** Given up as lost when nothing answers it for so long. */
  readonly patienceMs?: number;
}

const PAUSE_MS = 50;

/** Upstream systems that send until they are told to end, and each batch again until it is acknowledged. */
export class Load {
  private readonly clients: Promise<void>[] = [];
  private isOver = false;
  private isAbandoned = false;
  readonly accounts: readonly string[];
  /** Batches that had to be sent again, by what came instead of an answer. */
  readonly repeats = new Map<string, number>();

  constructor(
    private readonly run: Run,
    private readonly http: Pick<Doors, 'post'>,
    private readonly ledger: Ledger,
    private readonly options: LoadOptions,
  ) {
    this.accounts = Array.from({ length: options.accounts }, (_, n) => `C-${n}`);
  }

  /** Opens the accounts and lets the systems begin. */
  async start(): Promise<void> {
    await this.deliver(Traffic.opening(this.accounts));
    for (let n = 0; n < this.options.clients; n += 1) {
      const random = this.run.random.fork(n + 1);
      this.clients.push(this.send(new Traffic(`erp-${n}`, this.accounts, random), random));
    }
  }

  /** Ends when everything that was sent is acknowledged. */
  async finish(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.clients);
  }

  /** For a run that has failed already: sends nothing again. */
  abandon(): void {
    this.isOver = true;
    this.isAbandoned = true;
  }

  private async send(traffic: Traffic, random: Random): Promise<void> {
    while (!this.isOver) {
      const batch = traffic.batch(random.between(1, this.options.maxBatch ?? 8));
      const answers = await this.deliver(batch);
      for (const [index, sent] of batch.entries()) traffic.acknowledged(sent, answers[index]?.status ?? '');
    }
  }

  /** As an upstream system does: the identical request until there is an answer to it. */
  async deliver(batch: readonly Message[]): Promise<readonly Answer[]> {
    const { patienceMs = 120_000 } = this.options;
    const startedMs = performance.now();
    for (;;) {
      const sentMs = performance.now();
      const answer = await this.http.post('/v1/messages', batch).catch(asFailure);
      if (!(answer instanceof Error) && answer.status === 200) {
        const { items } = JSON.parse(answer.text) as AnswerList;
        this.ledger.add(
          batch.flatMap((message, index) => {
            const item = items[index];
            return item === undefined ? [] : [{ message, answer: item }];
          }),
          sentMs,
        );
        this.check(batch, items);
        return items;
      }
      if (this.isAbandoned) return [];
      this.countRepeat(answer);
      if (performance.now() - startedMs > patienceMs) {
        this.run.must('every message is answered in the end', false, () => `${JSON.stringify(batch[0])} is not`);
        return [];
      }
      await delay(PAUSE_MS);
    }
  }

  private check(batch: readonly Message[], items: readonly Answer[]): void {
    this.run.must('one answer per message', items.length === batch.length, () => `${items.length} for ${batch.length}`);
    for (const [index, { id, status, problem }] of items.entries()) {
      this.run.must('answers come in the order sent', id === batch[index]?.id, () => `${id} for ${batch[index]?.id}`);
      this.run.must('nothing of this load is refused', status !== 'refused', () => `${id}: ${JSON.stringify(problem)}`);
    }
  }

  private countRepeat(answer: HttpAnswer | NoAnswer): void {
    const isError = answer instanceof Error;
    const why = isError ? 'no answer' : `${answer.status} ${codeOf(answer)}`;
    this.repeats.set(why, (this.repeats.get(why) ?? 0) + 1);
    // While it is down or closing there may be no answer or 503; any other one is a defect.
    this.run.must('a request fails with 503 or without an answer only', isError || answer.status === 503, () =>
      isError ? '' : `${answer.status} ${answer.text}`,
    );
    this.run.must('503 says when to come again', isError || Number(answer.headers['retry-after']) > 0);
  }
}

function asFailure(error: unknown): NoAnswer {
  if (error instanceof NoAnswer) return error;
  throw error;
}

function codeOf({ text }: HttpAnswer): string {
  const body: unknown = text.startsWith('{') ? JSON.parse(text) : {};
  return (body as { code?: string }).code ?? '';
}
