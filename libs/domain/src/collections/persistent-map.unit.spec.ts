import fc from 'fast-check';
import { PersistentMap } from './persistent-map';

type Step = readonly ['set' | 'delete', string, number];

const steps = fc.array(
  fc.tuple(fc.constantFrom('set' as const, 'delete' as const), fc.string({ maxLength: 3 }), fc.nat()),
  { maxLength: 300 },
);

function run(list: readonly Step[]): [PersistentMap<string, number>, Map<string, number>] {
  let map = PersistentMap.empty<string, number>();
  const model = new Map<string, number>();
  for (const [step, key, value] of list) {
    if (step === 'set') {
      map = map.set(key, value);
      model.set(key, value);
    } else {
      map = map.delete(key);
      model.delete(key);
    }
  }
  return [map, model];
}

test('holds what a Map would hold', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const [map, model] = run(list);
      expect(map.size).toBe(model.size);
      for (const [key, value] of model) expect(map.get(key)).toBe(value);
      expect(new Map(map)).toEqual(model);
    }),
  );
});

test('iterates in an order that depends on the content alone', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const [map, model] = run(list);
      expect([...map]).toEqual([...PersistentMap.of([...model].reverse())]);
    }),
  );
});

test('keeps keys apart whose hashes collide', () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => `key-${i}`);
  const map = PersistentMap.of(keys.map((key) => [key, key] as const));
  expect(map.size).toBe(keys.length);
  expect(keys.every((key) => map.get(key) === key)).toBe(true);
});

test('leaves the old map as it was', () => {
  const before = PersistentMap.of<string, number>([['a', 1]]);
  before.set('a', 2).set('b', 3).delete('a');
  expect([...before]).toEqual([['a', 1]]);
});
