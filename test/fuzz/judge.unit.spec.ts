import type { Case } from './cases';
import { judge } from './judge';

const reading = {
  operation: { id: 'Portfolio_holds', method: 'GET', path: '/v1/holds' },
  draft: { path: {} },
} as unknown as Case;
const received = { contentType: 'application/json', text: '{}' };

it.each([200, 201])('a right question is answered by %s', (status) => {
  expect(judge(reading, { kind: 'valid' }, { ...received, status }, new Set())).toEqual({
    failure: null,
    writes: false,
  });
});

it.each([0, 100, 302, 500, 503])('a right question is not answered by %s', (status) => {
  expect(judge(reading, { kind: 'valid' }, { ...received, status }, new Set()).failure).toContain(String(status));
});
