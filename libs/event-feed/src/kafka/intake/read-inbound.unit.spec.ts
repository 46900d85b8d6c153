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

it.each(['"subject":"B"', '"id":"M-2"', '"data":{}'])('parks an envelope that has %s as well', (member) => {
  const text = `{${member},${ENVELOPE},"data":{${DATA}}}`;
  expect(read(text)).toMatchObject({ kind: 'poison', reason: { code: 'json.repeated-key' } });
});

it.each([
  ['JSON', '{', 'A', 'json.invalid'],
  ['an envelope', '[]', 'A', 'message.not-an-object'],
  ['of the account that its key names', `{${ENVELOPE},"data":{${DATA}}}`, 'B', 'record.key'],
])('parks what is not %s', (_what, text, key, code) => {
  expect(read(text, key)).toMatchObject({ kind: 'poison', reason: { code } });
});
