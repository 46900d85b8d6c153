/** Where something stands in a body: names of members and places in lists. */
export type Path = readonly (string | number)[];

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return (value as readonly unknown[])[Number(step)];
    return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, root);
}

/** A copy in which another value stands there; `undefined`: nothing. */
export function withValueAt(root: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(root)) {
    return (root as readonly unknown[]).map((item, index) => (index === step ? withValueAt(item, rest, value) : item));
  }
  const members = new Map(Object.entries(isObject(root) ? root : {}));
  const inner = withValueAt(members.get(String(step)), rest, value);
  if (inner === undefined) members.delete(String(step));
  else members.set(String(step), inner);
  return Object.fromEntries(members);
}

/** JSON text in which the object at `path` has one more member, such as `"a":1`, that no value could hold. */
export function textWithMember(root: unknown, path: Path, member: string): string {
  const [step, ...rest] = path;
  if (Array.isArray(root)) {
    const items = (root as readonly unknown[]).map((item, index) =>
      index === step ? textWithMember(item, rest, member) : JSON.stringify(item),
    );
    return `[${items.join(',')}]`;
  }
  if (!isObject(root)) return JSON.stringify(root);
  const members = Object.entries(root).map(([name, value]) => {
    const text = name === step ? textWithMember(value, rest, member) : JSON.stringify(value);
    return `${JSON.stringify(name)}:${text}`;
  });
  return `{${(step === undefined ? [member, ...members] : members).join(',')}}`;
}

/** Lists and objects that stand inside one another, the outermost included. Does not recurse. */
export function depthOf(root: unknown): number {
  let depth = 0;
  let level: readonly unknown[] = [root];
  for (;;) {
    const containers = level.filter((value) => typeof value === 'object' && value !== null);
    if (containers.length === 0) return depth;
    depth += 1;
    level = containers.flatMap((value) => Object.values(value ?? {}) as unknown[]);
  }
}

export function nested(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`;
}

/** `data.remittance[2].invoiceId`, as problems write it; very long names are cut. */
export function fieldName(path: Path): string {
  let name = '';
  for (const step of path) {
    if (/^\d+$/.test(String(step))) name += `[${step}]`;
    else name += `${name === '' ? '' : '.'}${shortened(String(step))}`;
  }
  return name;
}

export function shortened(name: string): string {
  const characters = [...name];
  return characters.length > 64 ? `${characters.slice(0, 64).join('')}…` : name;
}

/** Without halves of surrogate pairs, which no address and no header can carry. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
