import { once } from 'node:events';
import { Agent, createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createProxyServer } from 'httpxy';

export interface OneAddress {
  readonly url: string;
  close(): Promise<void>;
}

/** The proxy of ADR 71, which makes one address of the two of an installation. */
export async function startOneAddress(api: string, queries: string): Promise<OneAddress> {
  const agent = new Agent({ keepAlive: true });
  const proxy = createProxyServer({ agent });
  // A body may come late or never, and the answer before it.
  proxy.on('proxyReq', (request) => request.flushHeaders());
  proxy.on('error', (error, _, response) => {
    if (response !== undefined && 'writeHead' in response) refuse(response, error);
  });
  const server = createServer((request, response) => {
    const { method, url = '' } = request;
    const isQuery = method === 'GET' || url.startsWith('/v1/operations/');
    void proxy.web(request, response, { target: isQuery ? queries : api });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, 'close');
    },
  };
}

/** So that a test that fails says why. */
function refuse(response: ServerResponse, error: Error): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(502, { 'content-type': 'text/plain' }).end(`the proxy of the tests: ${error.message}`);
}
