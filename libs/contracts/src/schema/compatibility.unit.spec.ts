import { breakingChanges } from './compatibility';

const id = { type: 'string', maxLength: 128 };
const before = {
  type: 'object',
  required: ['orderId', 'outcome'],
  properties: { orderId: id, note: { type: 'string' }, outcome: { enum: ['valid', 'invalid'] } },
};

describe('breakingChanges', () => {
  it('finds none in the same schema', () => {
    expect(breakingChanges(before, before, 'inbound')).toEqual([]);
    expect(breakingChanges(before, before, 'outbound')).toEqual([]);
  });

  it('lets both directions gain an optional member', () => {
    const after = { ...before, properties: { ...before.properties, extra: id } };
    expect(breakingChanges(before, after, 'inbound')).toEqual([]);
    expect(breakingChanges(before, after, 'outbound')).toEqual([]);
  });

  it('refuses a member that is taken away', () => {
    const after = { ...before, properties: { orderId: id, outcome: before.properties.outcome } };
    expect(breakingChanges(before, after, 'inbound')).toEqual(['.note: taken away']);
    expect(breakingChanges(before, after, 'outbound')).toEqual(['.note: taken away']);
  });

  it('refuses what is newly required of senders, and lets it be promised to readers', () => {
    const after = { ...before, required: ['orderId', 'outcome', 'note'] };
    expect(breakingChanges(before, after, 'inbound')).toEqual(['.note: newly required']);
    expect(breakingChanges(before, after, 'outbound')).toEqual([]);
  });

  it('refuses what readers can no longer count on, and lets senders leave it out', () => {
    const after = { ...before, required: ['orderId'] };
    expect(breakingChanges(before, after, 'outbound')).toEqual(['.outcome: no longer certain']);
    expect(breakingChanges(before, after, 'inbound')).toEqual([]);
  });

  it('refuses another bound or type', () => {
    const after = { ...before, properties: { ...before.properties, orderId: { type: 'string', maxLength: 64 } } };
    expect(breakingChanges(before, after, 'inbound')).toHaveLength(1);
  });

  it('refuses a value that readers do not know, and lets senders use one more', () => {
    const after = {
      ...before,
      properties: { ...before.properties, outcome: { enum: ['valid', 'invalid', 'withdrawn'] } },
    };
    expect(breakingChanges(before, after, 'outbound')).toEqual(['.outcome: withdrawn is a new value']);
    expect(breakingChanges(before, after, 'inbound')).toEqual([]);
  });
});
