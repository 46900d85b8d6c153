/** What the client understands, and we leave to whoever runs the store. In lower case: the client takes any. */
const OPTIONS = new Set([
  'connectionname',
  'defaultdeadline',
  'discoveryinterval',
  'gossiptimeout',
  'keepaliveinterval',
  'keepalivetimeout',
  'maxdiscoverattempts',
  'nodepreference',
  'tls',
  'tlscafile',
  'usercertfile',
  'userkeyfile',
]);

/** Why a connection string cannot be used. Never shows the string, which may hold a password. */
export class InvalidConnectionString extends RangeError {
  readonly code = 'connection-string.invalid';
}

/**
 * The connection string as the client takes it. Checked before, because the client warns about an option it does not
 * know by printing the whole string, password included, and goes on without it.
 */
export function checkedConnectionString(text: string): string {
  const [, product, discovers, rest] = /^(esdb|kurrentdb)(\+discover)?:\/\/(.+)$/s.exec(text.trim()) ?? [];
  if (product === undefined || rest === undefined) {
    throw new InvalidConnectionString('a connection string of EventStoreDB begins with esdb:// or esdb+discover://');
  }
  const query = rest.slice(hostsEnd(rest));
  for (const option of query.replace(/^\/?\??/, '').split('&')) checkOption(option.split('=')[0] ?? '');
  return `esdb${discovers ?? ''}://${rest}`;
}

/** Where the hosts end: what comes before `@` may hold any character but that one. */
function hostsEnd(rest: string): number {
  const afterCredentials = rest.indexOf('@') + 1;
  const end = rest.indexOf('?', afterCredentials);
  return end < 0 ? rest.length : end;
}

function checkOption(name: string): void {
  const flat = name.trim().toLowerCase().replaceAll(/[-_]/g, '');
  if (flat === '' || OPTIONS.has(flat)) return;
  throw new InvalidConnectionString(`unknown option in the connection string of EventStoreDB: ${name.slice(0, 40)}`);
}
