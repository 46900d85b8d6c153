import { Ledger } from './ledger';
import { Load } from './load';
import { proveNothingLost } from './proof';
import type { Run } from './run';
import { ServerProcess, type ServerOptions } from './server';

export interface UnderLoad {
  readonly server: ServerProcess;
  readonly ledger: Ledger;
  readonly load: Load;
}

const FULL_LOAD = { clients: 8, accounts: 40 };
const SHORT_LOAD = { clients: 4, accounts: 8 };

/** A server under load while `faults` does its worst; then everything is answered, and the proof that nothing is lost. */
export async function underLoad(
  run: Run,
  faults: (parts: UnderLoad) => Promise<void>,
  options: ServerOptions = {},
): Promise<void> {
  const server = await ServerProcess.of(run, options);
  const ledger = new Ledger(run);
  const load = new Load(run, server.http, ledger, run.isShort ? SHORT_LOAD : FULL_LOAD);
  try {
    await server.start();
    await load.start();
    await Promise.race([faults({ server, ledger, load }), server.lost]);
    await load.finish();
    run.count('requests sent again', JSON.stringify(Object.fromEntries(load.repeats)));
    await proveNothingLost(run, server.http, ledger.entries, load.accounts);
  } finally {
    load.abandon();
    await server.stop();
    await ledger.close();
  }
}
