import { readdirSync } from 'node:fs';
import path from 'node:path';
import { loadMapping, problemsOf } from './load-mapping';

const examples = path.resolve(__dirname, '../../../../../examples/mappings');

const good = {
  source: '/import/x',
  account: '{customer}',
  columns: { customer: { from: 'Customer' } },
  messages: [{ type: 'account.opened.v1', data: { name: '{customer}', currency: 'EUR' } }],
};

describe('a mapping', () => {
  it.each(readdirSync(examples))('of the examples is valid: %s', async (file) => {
    await expect(loadMapping(path.join(examples, file))).resolves.toHaveProperty('messages');
  });

  it.each<[string, object, RegExp]>([
    ['a member that nobody knows', { ...good, sauce: 1 }, /additional properties: sauce/],
    [
      'a message type that nobody knows',
      { ...good, messages: [{ type: 'x', data: {} }] },
      /messages\.0\.type must be equal to one of the allowed values: account\.opened\.v1/,
    ],
    [
      'a date format without a year',
      { ...good, columns: { customer: { from: 'a', as: 'date', format: 'd/m' } } },
      /columns\.customer\.format/,
    ],
    [
      'a clean-up step that nobody knows',
      { ...good, columns: { customer: { from: 'a', clean: ['wash'] } } },
      /columns\.customer\.clean\.0/,
    ],
    ['no messages', { ...good, messages: [] }, /messages must NOT have fewer than 1 items/],
    [
      'a column that is not there',
      { ...good, account: '{kunde}' },
      /\{kunde\} is used, but `columns` has only customer/,
    ],
    [
      'a condition on a column that is not there',
      { ...good, messages: [{ ...good.messages[0], when: { paid: 'x' } }] },
      /\{paid\} is used/,
    ],
  ])('with %s says so', (_, mapping, reason) => {
    expect(problemsOf(mapping).join('\n')).toMatch(reason);
  });

  it('without fault has no problems', () => {
    expect(problemsOf(good)).toEqual([]);
  });

  it('that is not there, or not JSON, says so', async () => {
    await expect(loadMapping(path.join(examples, 'none.json'))).rejects.toThrow(/cannot read the mapping/);
    await expect(loadMapping(__filename)).rejects.toThrow(/is not JSON/);
  });
});
