import type { AllStreamResolvedEvent, AllStreamSubscription, Position } from '@eventstore/db-client';
import type { StoredEvent } from '../port';
import { positionText } from './position';
import { storedEvent } from './read';

/** Opens a call; the callback gets every checkpoint that the server sends. */
export type OpenSubscription = (onCheckpoint: (position: Position) => void) => AllStreamSubscription;

/**
 * What one subscription's call has brought and nobody has taken yet. Holds the call back when it brings more than can
 * be taken, so that the server's pace is the consumer's.
 */
export class LiveEvents {
  private readonly call: AllStreamSubscription;
  private readonly queue: StoredEvent[] = [];
  private failure: Error | null = null;
  private hasCaughtUp = false;
  /** The server goes through what is stored again, because we were too slow. */
  hasFallenBehind = false;
  private wake: (() => void) | null = null;
  /** What was taken last may still have to be given again. */
  private isInHand = false;
  /** Up to here there was nothing for us but what has been delivered. */
  checkpoint: string | null = null;

  constructor(
    open: OpenSubscription,
    private readonly capacity: number,
  ) {
    this.call = open((position) => {
      if (this.isEmpty && !this.isInHand) this.checkpoint = positionText(position);
    });
    this.call.on('data', ({ event }: AllStreamResolvedEvent) => this.take(event));
    this.call.on('caughtUp', () => this.become(() => ([this.hasCaughtUp, this.hasFallenBehind] = [true, false])));
    this.call.on('fellBehind', () => this.become(() => ([this.hasCaughtUp, this.hasFallenBehind] = [false, true])));
    // Stays on: an error that comes after another would end the process.
    this.call.on('error', (error: Error) => this.become(() => (this.failure ??= error)));
    this.call.on('end', () => this.become(() => (this.failure ??= new Error('the subscription ended'))));
  }

  get size(): number {
    return this.queue.length;
  }

  /** Nothing to take, here or on the way through the call. */
  get isEmpty(): boolean {
    return this.queue.length === 0 && this.call.readableLength === 0;
  }

  /** The server has said so, and all that came before that has been taken. */
  get isCaughtUp(): boolean {
    return this.hasCaughtUp && this.isEmpty;
  }

  /**
   * Resolves when there is something to take, something has changed, or the time is over. Rejects when the call is
   * broken.
   */
  async news(withinMs: number): Promise<void> {
    this.throwFailure();
    if (this.queue.length > 0) return;
    await this.pause(withinMs);
    this.throwFailure();
  }

  /** Waits for more to come, until there is so much or the time is over. */
  async gather(count: number, withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    for (let leftMs = withinMs; leftMs > 0 && this.queue.length < count && this.failure === null;) {
      await this.pause(leftMs);
      leftMs = end - performance.now();
    }
  }

  next(count: number): readonly StoredEvent[] {
    const events = this.queue.splice(0, count);
    this.isInHand = events.length > 0;
    if (this.queue.length < this.capacity) this.call.resume();
    return events;
  }

  /** What was taken last need not be given again. */
  delivered(): void {
    this.isInHand = false;
  }

  interrupt(): void {
    this.wake?.();
  }

  async close(): Promise<void> {
    this.queue.length = 0;
    this.call.resume();
    await this.call.unsubscribe().catch(() => undefined);
  }

  private take(event: AllStreamResolvedEvent['event']): void {
    if (event === undefined) return;
    try {
      this.queue.push(storedEvent(event));
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error));
    }
    if (this.queue.length >= this.capacity) this.call.pause();
    this.wake?.();
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure;
  }

  private become(change: () => unknown): void {
    change();
    this.wake?.();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.wake = end;
    });
  }
}
