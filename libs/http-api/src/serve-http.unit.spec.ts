import dns from 'node:dns';
import { once } from 'node:events';
import { connect, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Metrics, Teardown } from '@duestream/hosting';
import { createLogger } from '@duestream/platform';
import { serveHttp } from './serve-http';

/** Some machines have the one, some the other. */
const loopbacks = Object.values(networkInterfaces()).flatMap((addresses = []) =>
  addresses.map(({ address: ip }) => ip),
);
const OTHER = loopbacks.includes('::1') ? '::1' : '127.0.0.2';

test('a server on localhost listens on one address, where its limits hold, whatever the name stands for', async () => {
  const { lookup } = dns;
  const several = jest.spyOn(dns, 'lookup').mockImplementation(((name: string, ...rest: [object, Done] | [Done]) => {
    const [options, done] = rest;
    if (name !== 'localhost' || done === undefined || !('all' in options)) Reflect.apply(lookup, dns, [name, ...rest]);
    else done(null, [address('127.0.0.1'), address(OTHER)]);
  }) as typeof dns.lookup);
  const logger = createLogger({ level: 'silent' });
  const teardown = new Teardown(logger);
  try {
    const http = { host: 'localhost', port: 0, loopbackOnly: true };
    const url = await serveHttp({ modules: [], checks: {} }, http, { logger, teardown, metrics: new Metrics() });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await expect(reach('127.0.0.1', new URL(url).port)).resolves.toBe('reached');
    await expect(reach(OTHER, new URL(url).port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  } finally {
    await teardown.run();
    several.mockRestore();
  }
});

type Done = (error: null, addresses: readonly dns.LookupAddress[]) => void;

function address(ip: string): dns.LookupAddress {
  return { address: ip, family: isIPv6(ip) ? 6 : 4 };
}

async function reach(host: string, port: string): Promise<'reached'> {
  const socket = connect({ host, port: Number(port) });
  try {
    await once(socket, 'connect');
    return 'reached';
  } finally {
    socket.destroy();
  }
}
