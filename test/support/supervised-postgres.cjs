// A process for supervisor.int.spec.ts to kill: runs the built supervisor and reports the id of its server.
const path = require('node:path');
const [dist, dataDir] = process.argv.slice(2);
const { startEmbeddedPostgres } = require(path.join(dist, 'libs/platform/src'));
const { Client } = require('pg');

const silent = () => undefined;

async function main() {
  const server = await startEmbeddedPostgres({
    dataDir,
    log: { debug: silent, info: silent, warn: console.error, error: console.error },
  });
  const client = new Client({ connectionString: server.connectionString() });
  client.on('error', silent);
  await client.connect();
  await client.query('CREATE TABLE IF NOT EXISTS written_by_child AS SELECT 7 AS answer');
  await client.end();
  process.once('SIGTERM', () => server.stop().then(() => process.exit(0)));
  process.once('message', () => process.exit(0));
  process.send({ serverPid: server.state().pid });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
