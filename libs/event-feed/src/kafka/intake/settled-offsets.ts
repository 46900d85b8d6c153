/** Offsets of partitions that rest: after the first open one, and settled already. */
export class SettledOffsets {
  private readonly byPartition = new Map<number, Set<bigint>>();

  has(partition: number, offset: string): boolean {
    return this.byPartition.get(partition)?.has(BigInt(offset)) ?? false;
  }

  add(partition: number, offsets: readonly string[]): void {
    const known = this.byPartition.get(partition) ?? new Set();
    for (const offset of offsets) known.add(BigInt(offset));
    this.byPartition.set(partition, known);
  }

  /** What is committed does not come again. */
  forgetBelow(partition: number, reached: bigint): void {
    const known = this.byPartition.get(partition) ?? new Set();
    for (const offset of known) if (offset < reached) known.delete(offset);
    if (known.size === 0) this.byPartition.delete(partition);
  }

  clear(): void {
    this.byPartition.clear();
  }

  get size(): number {
    return [...this.byPartition.values()].reduce((sum, { size }) => sum + size, 0);
  }
}
