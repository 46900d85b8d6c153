import { readInbound } from './read-inbound';

const ENVELOPE = '"specversion":"1.0","id":"M-1","source":"/erp","type":"payment.received.v1","subject":"A"';
const DATA = '"paymentId":"P-1","amount":{"amount":"5.00","currency":"EUR"},"receivedOn":"2026-01-02"';

function read(text: string, key = 'A'): ReturnType<typeof readInbound> {
  return readInbound({ key: Buffer.from(key), value: Buffer.from(text), headers: {} });
}

it('refuses a key that stands twice in the data, to whoever sent it', () => {
  const amount = '"amount":{"amount":"5.00","amount":"9.00","currency":"EUR"}';
  const data = DATA.replace(/"amount":\{.*?\}/, amount);
  expect(read(`{${ENVELOPE},"data":{${data}}}`)).toMatchObject({
    kind: 'refused',
    identity: { id: 'M-1', source: '/erp', accountId: 'A' },
    problem: { code: 'json.repeated-key', field: 'data.amount.amount' },
  });
});

it.each([
  ['`__proto__`', '"lines":[{"__proto__":{"x":1}}]', 'json.forbidden-key', 'data.lines[0].__proto__'],
  ['what is nested too deeply', `"lines":${'['.repeat(40)}${']'.repeat(40)}`, 'json.too-deep', 'data.lines'],
])('refuses %s in the data, to whoever sent it', (_what, member, code, field) => {
  expect(read(`{${ENVELOPE},"data":{${DATA},${member}}}`)).toMatchObject({
    kind: 'refused',
    identity: { id: 'M-1' },
    problem: { code, field },
  });
});

it.each([
  ['a second subject', '"subject":"B"', 'json.repeated-key', 'subject'],
  ['a second id', '"id":"M-2"', 'json.repeated-key', 'id'],
  ['data twice', '"data":{}', 'json.repeated-key', 'data'],
  ['`__proto__`', '"__proto__":{"subject":"B"}', 'json.forbidden-key', '__proto__'],
  ['an attribute that is nested too deeply', `"ext":${'['.repeat(40)}${']'.repeat(40)}`, 'json.too-deep', 'ext'],
])('parks an envelope that has %s, and names the field', (_what, member, code, field) => {
  const found = read(`{${member},${ENVELOPE},"data":{${DATA}}}`);
  expect(found).toMatchObject({ kind: 'poison', reason: { code } });
  expect(found.kind === 'poison' && found.reason.detail).toContain(field);
});

it.each([
  ['JSON', '{', 'A', 'json.invalid'],
  ['an envelope', '[]', 'A', 'message.not-an-object'],
  ['of the account that its key names', `{${ENVELOPE},"data":{${DATA}}}`, 'B', 'record.key'],
])('parks what is not %s', (_what, text, key, code) => {
  expect(read(text, key)).toMatchObject({ kind: 'poison', reason: { code } });
});
