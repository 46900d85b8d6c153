import { Tracked } from './tracked';

interface Row {
  readonly id: string;
  readonly amount: string;
  readonly isPaid: boolean;
}

const row = (id: string, amount = '1.00', isPaid = false): Row => ({ id, amount, isPaid });
const tracked = () =>
  new Tracked<Row, 'id'>(
    ({ id }) => id,
    true,
    ({ isPaid }) => isPaid,
  );

describe('tracked rows', () => {
  it('lets go of a row when it is done, and keeps the others while there is room', () => {
    const rows = tracked();
    rows.put(row('open'));
    rows.put(row('paid', '2.00', true));
    expect(rows.takeOut(10, 5).made).toEqual([row('paid', '2.00', true)]);
    expect(rows.get('paid')).toBeUndefined();
    expect(rows.get('open')).toEqual(row('open'));
  });

  it('lets go of those that changed least recently when there are too many', () => {
    const rows = tracked();
    for (const id of ['a', 'b', 'c']) rows.put(row(id));
    rows.takeOut(10, 10);
    rows.find('a')?.change({ amount: '9.00' });
    expect(rows.takeOut(2, 1).made.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(rows.get('a')?.amount).toBe('9.00');
  });

  it('need not read a row that is on its way to be written, and changes it where it is then', () => {
    const rows = tracked();
    rows.put(row('a', '1.00', true));
    const first = rows.takeOut(10, 5);
    expect(rows.has('a')).toBe(true);
    rows.find('a')?.change({ amount: '2.00' });
    first.written();
    expect(rows.takeOut(0, 0)).toMatchObject({ made: [], changed: [row('a', '2.00', true)] });
    expect(rows.has('a')).toBe(true);
  });

  it('must read a row that was written', () => {
    const rows = tracked();
    rows.put(row('a', '1.00', true));
    rows.takeOut(10, 5).written();
    expect(rows.has('a')).toBe(false);
    expect(rows.isComplete).toBe(false);
  });

  it('still knows the first of two writes when nothing changed in between, and the second when the first is done', () => {
    const rows = tracked();
    rows.put(row('a', '1.00', true));
    const first = rows.takeOut(10, 5);
    rows.has('a');
    rows.takeOut(10, 5);
    expect(rows.has('a')).toBe(true);
    rows.find('a')?.change({ amount: '2.00' });
    const second = rows.takeOut(10, 5);
    first.written();
    expect(rows.has('a')).toBe(true);
    rows.takeOut(10, 5);
    second.written();
    expect(rows.has('a')).toBe(false);
  });

  it('has nothing to write once all that changed is in the database', () => {
    const rows = tracked();
    rows.put(row('a'));
    rows.settle(10, 5);
    expect(rows.changed()).toEqual([]);
    rows.find('a')?.change({ amount: '2.00' });
    expect(rows.takeOut(0, 0)).toMatchObject({ made: [], changed: [row('a', '2.00')] });
  });

  it('finds the row that stands under a key now, whatever it found before', () => {
    const rows = tracked();
    rows.put(row('a', '1.00', true));
    expect(rows.get('a')?.amount).toBe('1.00');
    rows.takeOut(10, 5).written();
    expect(rows.get('a')).toBeUndefined();
    rows.load([row('a', '3.00')]);
    expect(rows.get('a')?.amount).toBe('3.00');
  });
});
