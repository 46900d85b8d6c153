type Listener = (position: string) => void;

/** Tells readers of this process that something was committed, so that they need not wait for their next look. */
export class CommitSignal {
  private readonly listeners = new Set<Listener>();

  /** Calls the listener after every commit with the position of its last event. Answers how to stop that. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  committed(position: string): void {
    for (const listener of this.listeners) listener(position);
  }
}
