import { hash } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';

type Listener = (position: string) => void;

/**
 * Tells readers of this process that something was committed, so that they need not wait for their next look: those of
 * the same store, and those of other stores on the same database, also in other threads.
 */
export class CommitSignal {
  private readonly listeners = new Set<Listener>();
  private readonly others: BroadcastChannel;
  private isClosed = false;

  /** `connectionString` names the database; only who was given the same one is told. */
  constructor(connectionString: string) {
    this.others = new BroadcastChannel(`duestream commits ${hash('sha256', connectionString, 'hex')}`);
    this.others.onmessage = (message) => this.heard(message);
    this.others.unref();
  }

  /** Calls the listener after every commit with the position of its last event. Answers how to stop that. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  committed(position: string): void {
    this.tell(position);
    // What was under way when the store was closed is told to nobody else: they look for themselves.
    if (!this.isClosed) this.others.postMessage(position);
  }

  close(): void {
    this.isClosed = true;
    this.others.close();
  }

  private heard(message: unknown): void {
    const { data } = message as { readonly data: unknown };
    if (typeof data === 'string') this.tell(data);
  }

  private tell(position: string): void {
    for (const listener of this.listeners) listener(position);
  }
}
