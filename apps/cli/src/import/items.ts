/** What an import has to do, in its order: a message to send, or a line that cannot become one. */
export type ImportItem = MessageItem | RefusedItem;

export interface MessageItem {
  readonly line: number;
  /** The message as one line of JSON. */
  readonly text: string;
  /** Opens an account on first sight: no line of its own, and none the worse when the account exists. */
  readonly isOpener?: boolean;
}

export interface RefusedItem {
  readonly line: number;
  readonly id: string | null;
  readonly reason: string;
}

export interface ItemsRead {
  readonly items: readonly ImportItem[];
  /** How far the source is, in the unit of its total. */
  readonly done: number;
}

/** Where an import takes its messages from. */
export interface ImportSource {
  /** In the unit of `ItemsRead.done`. */
  readonly total: number;
  readonly items: AsyncIterable<ItemsRead>;
}
