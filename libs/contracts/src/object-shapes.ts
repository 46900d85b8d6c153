/** Where in a document an object stands, with the shapes that objects there have had. */
export interface Place {
  shapes: readonly Shape[];
}

/** How the members of objects with the same keys, in the same order, are written. */
export interface Shape {
  readonly keys: readonly string[];
  /** In the order of their keys. */
  readonly members: readonly Member[];
}

export interface Member {
  readonly key: string;
  readonly asFirst: string;
  readonly asNext: string;
  readonly place: Place;
}

/** Of one place; the oldest makes room. */
const MAX_SHAPES = 128;
/** An object with more is a table of somebody's own, whose keys don't come again. */
const MAX_KEYS = 64;

/**
 * Sorting keys would be most of the work, and events come in few shapes. So each place of a document remembers the
 * last shapes that it saw, by their keys in the order in which they came. Senders may make up keys, so no more than
 * `maxMembers` are kept in all: then everything is forgotten, and begins again.
 */
export class ObjectShapes {
  private start: Place = { shapes: [] };
  private kept = 0;

  constructor(private readonly maxMembers: number) {}

  /** Of the whole document. */
  get root(): Place {
    return this.start;
  }

  /** Members kept, those that made room for others included. */
  get members(): number {
    return this.kept;
  }

  of(keys: readonly string[], place: Place): Shape {
    for (const shape of place.shapes) if (hasKeys(shape, keys)) return shape;
    const shape = { keys, members: [...keys].sort().map(memberOf) };
    if (keys.length <= MAX_KEYS) this.keep(shape, place);
    return shape;
  }

  private keep(shape: Shape, place: Place): void {
    this.kept += shape.keys.length;
    if (this.kept > this.maxMembers) {
      // A document that is being written goes on with the places that it has.
      this.start = { shapes: [] };
      this.kept = 0;
      return;
    }
    place.shapes = [...place.shapes.slice(place.shapes.length < MAX_SHAPES ? 0 : 1), shape];
  }
}

function memberOf(key: string): Member {
  const asFirst = `${JSON.stringify(key)}:`;
  return { key, asFirst, asNext: `,${asFirst}`, place: { shapes: [] } };
}

function hasKeys({ keys }: Shape, wanted: readonly string[]): boolean {
  if (keys.length !== wanted.length) return false;
  for (let i = 0; i < keys.length; i++) if (keys[i] !== wanted[i]) return false;
  return true;
}
