/** Every list. Pass `nextCursor` back as `cursor`; null: that was all. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}
