/**
 * An immutable map with string keys: `set` and `delete` give a new map that shares almost everything with the old
 * one (a hash array mapped trie, 32 ways a level). States of an account differ by one event and there are many of
 * them at once, so copying whole maps would cost more than deciding.
 *
 * Iteration order depends on the keys alone, never on the history of the map: equal content iterates equally.
 */
export class PersistentMap<K extends string, V> implements Iterable<readonly [K, V]> {
  private constructor(
    private readonly root: Node<K, V>,
    readonly size: number,
  ) {}

  static empty<K extends string, V>(): PersistentMap<K, V> {
    return new PersistentMap<K, V>(emptyBranch, 0);
  }

  static of<K extends string, V>(entries: Iterable<readonly [K, V]>): PersistentMap<K, V> {
    let map = PersistentMap.empty<K, V>();
    for (const [key, value] of entries) map = map.set(key, value);
    return map;
  }

  get(key: K): V | undefined {
    const hash = hashOf(key);
    let node: Node<K, V> | undefined = this.root;
    for (let shift = 0; node !== undefined; shift += BITS) {
      if (node.kind === 'leaf') return valueIn(node, key);
      const bit = 1 << ((hash >>> shift) & MASK);
      if ((node.bitmap & bit) === 0) return undefined;
      node = node.children[indexOf(node.bitmap, bit)];
    }
    return undefined;
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  set(key: K, value: V): PersistentMap<K, V> {
    const grown = { value: false };
    const root = insert(this.root, 0, hashOf(key), key, value, grown);
    return root === this.root ? this : new PersistentMap(root, this.size + (grown.value ? 1 : 0));
  }

  delete(key: K): PersistentMap<K, V> {
    const root = remove(this.root, 0, hashOf(key), key);
    return root === this.root ? this : new PersistentMap<K, V>(root ?? emptyBranch, this.size - 1);
  }

  [Symbol.iterator](): Iterator<readonly [K, V]> {
    return entriesOf(this.root);
  }

  *keys(): IterableIterator<K> {
    for (const [key] of this) yield key;
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this) yield value;
  }
}

interface Leaf<K, V> {
  readonly kind: 'leaf';
  readonly hash: number;
  readonly key: K;
  readonly value: V;
  /** Only when hashes collide; sorted by key, so that iteration does not depend on history. */
  readonly next: Leaf<K, V> | null;
}

interface Branch<K, V> {
  readonly kind: 'branch';
  readonly bitmap: number;
  readonly children: ReadonlyArray<Node<K, V>>;
}

type Node<K, V> = Leaf<K, V> | Branch<K, V>;

const BITS = 5;
const MASK = 31;
const emptyBranch: Branch<never, never> = { kind: 'branch', bitmap: 0, children: [] };

function insert<K extends string, V>(
  node: Node<K, V>,
  shift: number,
  hash: number,
  key: K,
  value: V,
  grown: { value: boolean },
): Node<K, V> {
  if (node.kind === 'leaf') {
    if (node.hash === hash) return withEntry(node, key, value, grown);
    grown.value = true;
    return join(node, { kind: 'leaf', hash, key, value, next: null }, shift);
  }
  const bit = 1 << ((hash >>> shift) & MASK);
  const at = indexOf(node.bitmap, bit);
  const child = (node.bitmap & bit) === 0 ? undefined : node.children[at];
  if (child === undefined) {
    grown.value = true;
    const leaf: Leaf<K, V> = { kind: 'leaf', hash, key, value, next: null };
    return { kind: 'branch', bitmap: node.bitmap | bit, children: node.children.toSpliced(at, 0, leaf) };
  }
  const next = insert(child, shift + BITS, hash, key, value, grown);
  return next === child ? node : { kind: 'branch', bitmap: node.bitmap, children: node.children.with(at, next) };
}

function valueIn<K, V>(first: Leaf<K, V>, key: K): V | undefined {
  for (let leaf: Leaf<K, V> | null = first; leaf !== null; leaf = leaf.next) if (leaf.key === key) return leaf.value;
  return undefined;
}

function withEntry<K extends string, V>(leaf: Leaf<K, V>, key: K, value: V, grown: { value: boolean }): Leaf<K, V> {
  const { hash, next } = leaf;
  if (leaf.key === key) return Object.is(leaf.value, value) ? leaf : { kind: 'leaf', hash, key, value, next };
  if (next !== null && leaf.key < key) {
    const rest = withEntry(next, key, value, grown);
    return rest === next ? leaf : { ...leaf, next: rest };
  }
  grown.value = true;
  const added: Leaf<K, V> = { kind: 'leaf', hash, key, value, next: null };
  return leaf.key < key ? { ...leaf, next: added } : { ...added, next: leaf };
}

function withoutEntry<K, V>(leaf: Leaf<K, V>, key: K): Leaf<K, V> | null {
  const { next } = leaf;
  if (leaf.key === key) return next;
  const rest = next === null ? null : withoutEntry(next, key);
  return rest === next ? leaf : { ...leaf, next: rest };
}

/** Two leaves of different hashes, at the level where they first part. */
function join<K, V>(a: Leaf<K, V>, b: Leaf<K, V>, shift: number): Branch<K, V> {
  const [slotA, slotB] = [(a.hash >>> shift) & MASK, (b.hash >>> shift) & MASK];
  if (slotA === slotB) return { kind: 'branch', bitmap: 1 << slotA, children: [join(a, b, shift + BITS)] };
  return { kind: 'branch', bitmap: (1 << slotA) | (1 << slotB), children: slotA < slotB ? [a, b] : [b, a] };
}

function remove<K extends string, V>(node: Node<K, V>, shift: number, hash: number, key: K): Node<K, V> | undefined {
  if (node.kind === 'leaf') {
    return node.hash === hash ? (withoutEntry(node, key) ?? undefined) : node;
  }
  const bit = 1 << ((hash >>> shift) & MASK);
  if ((node.bitmap & bit) === 0) return node;
  const at = indexOf(node.bitmap, bit);
  const child = node.children[at];
  if (child === undefined) return node;
  const next = remove(child, shift + BITS, hash, key);
  if (next === child) return node;
  if (next !== undefined && !(next.kind === 'leaf' && node.children.length === 1)) {
    return { kind: 'branch', bitmap: node.bitmap, children: node.children.with(at, next) };
  }
  if (next !== undefined) return next;
  const children = node.children.toSpliced(at, 1);
  if (children.length === 0) return undefined;
  // A branch with one leaf below is that leaf: the shape depends on the content alone.
  const only = children[0];
  return children.length === 1 && only?.kind === 'leaf'
    ? only
    : { kind: 'branch', bitmap: node.bitmap & ~bit, children };
}

function* entriesOf<K, V>(root: Node<K, V>): Iterator<readonly [K, V]> {
  // What is still to come, the next one last: a generator for each branch would hand every entry on level by level.
  const rest = [root];
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (node.kind === 'branch') rest.push(...node.children.toReversed());
    else for (let leaf: Leaf<K, V> | null = node; leaf !== null; leaf = leaf.next) yield [leaf.key, leaf.value];
  }
}

function indexOf(bitmap: number, bit: number): number {
  let rest = bitmap & (bit - 1);
  rest -= (rest >>> 1) & 0x55555555;
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return (((rest + (rest >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** FNV-1a over UTF-16 units, with a final mix so that near keys part early. 32-bit integers throughout: fast. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b | 0);
  return (hash ^ (hash >>> 13)) | 0;
}
