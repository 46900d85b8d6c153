import { ObjectShapes } from './object-shapes';

const MAX_MEMBERS = 1_000;

describe('remembered shapes of objects', () => {
  it('gives the members in the order of their keys, and the same for the same keys', () => {
    const shapes = new ObjectShapes(MAX_MEMBERS);
    const shape = shapes.of(['b', 'a'], shapes.root);
    expect(shape.members.map(({ asFirst, asNext }) => [asFirst, asNext])).toEqual([
      ['"a":', ',"a":'],
      ['"b":', ',"b":'],
    ]);
    expect(shapes.of(['b', 'a'], shapes.root)).toBe(shape);
    expect(shapes.of(['a', 'b'], shapes.root)).not.toBe(shape);
  });

  it('keeps no more than its limit, whatever keys senders make up, at any depth', () => {
    const shapes = new ObjectShapes(MAX_MEMBERS);
    for (let n = 0; n < 5_000; n++) {
      const below = shapes.of(['known'], shapes.root).members[0]?.place ?? shapes.root;
      expect(shapes.of([`made-up-${n}`, `another-${n}`], below).members).toHaveLength(2);
      expect(shapes.members).toBeLessThanOrEqual(MAX_MEMBERS);
    }
    expect(shapes.of(['known'], shapes.root).members).toHaveLength(1);
  });

  it('keeps nothing of an object with very many keys', () => {
    const shapes = new ObjectShapes(MAX_MEMBERS);
    const keys = Array.from({ length: 100_000 }, (_, n) => `key-${n}`);
    expect(shapes.of(keys, shapes.root).members).toHaveLength(keys.length);
    expect(shapes.members).toBe(0);
  });
});
