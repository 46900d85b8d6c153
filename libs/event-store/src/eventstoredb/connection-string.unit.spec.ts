import { createClient } from './client';
import { checkedConnectionString, InvalidConnectionString } from './connection-string';

test.each([
  'esdb://localhost:2113?tls=false',
  'esdb://admin:change?it@one:2113,two:2113?tls=true&tlsCAFile=/ca.pem&nodePreference=leader',
  'esdb+discover://cluster.example/?keepAliveInterval=10000&keep-alive-timeout=10000',
  'esdb://store',
])('takes %s as it is', (text) => {
  expect(checkedConnectionString(text)).toBe(text);
});

test('takes the name of the product as it is called now', () => {
  expect(checkedConnectionString('kurrentdb+discover://a:2113?tls=true')).toBe('esdb+discover://a:2113?tls=true');
});

test.each([
  ['http://store:2113', /begins with esdb/],
  ['esdb://', /begins with esdb/],
  ['esdb://u:hunter2@store?tsl=false', /unknown option.*tsl/],
  // It would make the client answer a wrong revision instead of an error.
  ['esdb://u:hunter2@store?throwOnAppendFailure=false', /unknown option.*throwOnAppendFailure/],
  // The client takes it, says that it does nothing, and goes on.
  ['esdb://u:hunter2@store?tlsVerifyCert=false', /unknown option.*tlsVerifyCert/],
  ['esdb://u:hunter2@store?tls=perhaps', /cannot be used/],
  ['esdb://u:hunter2@store:port', /cannot be used/],
  ['esdb://u:hunter2@store?tlsCAFile=/not/there.pem', /certificate file/],
])('refuses %s, and never shows a password', (text, reason) => {
  const create = () => createClient(text);
  expect(create).toThrow(InvalidConnectionString);
  expect(create).toThrow(reason);
  expect(create).not.toThrow(/hunter2/);
});
