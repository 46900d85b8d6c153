import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { BusinessCalendar } from '@duestream/application';
import { interruption, loadConfig, startEmbeddedPostgres, type Config } from '@duestream/platform';
import type { RebuildResult, VerifyResult } from '@duestream/contracts';
import type { LocalDate } from '@duestream/domain';
import { ServerClient } from '../server/client';
import { EXIT_DONE, EXIT_REFUSED } from '../terminal/cli-error';
import { startProgress } from '../terminal/progress';
import { notice, write, type Terminal } from '../terminal/terminal';
import { trade, type Tally } from '../demo/company';
import { demoConfig } from '../demo/demo-config';
import { demoDoor } from '../demo/door';
import { showCompany, showNext, showProof } from '../demo/show';
import type { AddCommand } from './context';
import { runOperation } from './operations';

export const addDemo: AddCommand = (program, { terminal, env, finish }) => {
  program
    .command('demo')
    .description('a generated company of 240 accounts and two years, sent through the ordinary door and looked at')
    .option('--exit', 'stop after printing')
    .action(async ({ exit }: { readonly exit?: boolean }) => {
      const { happened: interrupted, ignore } = interruption();
      const config = await demoConfig(loadConfig(env));
      await clear(config, terminal);
      const { startStandalone } = await import('@duestream/standalone');
      const started = await startStandalone(config, { projectorThread: true });
      try {
        const running = run(new ServerClient(started.url, 'demo'), terminal, config);
        const proven = await Promise.race([running, interrupted.then(() => null)]);
        if (proven === null) return finish(EXIT_DONE);
        await showNext(
          terminal,
          started.url,
          exit === true ? 'while the demo runs without --exit' : 'until Ctrl-C here',
        );
        if (exit !== true) await interrupted;
        finish(proven ? EXIT_DONE : EXIT_REFUSED);
      } finally {
        await started.close();
        ignore();
      }
    });
};

/** True when history and read models agree. */
async function run(server: ServerClient, terminal: Terminal, { timeZone }: Config): Promise<boolean> {
  const today = new BusinessCalendar(timeZone, Date.now).today();
  await write(terminal.out, `Duestream demo: two years of a wholesaler with 240 customers, ending today (${today})\n`);
  const tally = await send(server, terminal, today);
  await showCompany(server, terminal, tally, today);
  const verified = await runOperation<VerifyResult>(server, '/v1/operations/verify', {}, terminal);
  const rebuilt = await runOperation<RebuildResult>(server, '/v1/operations/rebuild', {}, terminal);
  await showProof(terminal, verified, rebuilt);
  return verified.intact && rebuilt.models.every((model) => model.equal) && tally.refused.length === 0;
}

async function send(server: ServerClient, terminal: Terminal, today: LocalDate): Promise<Tally> {
  const progress = startProgress('trading', 'messages', terminal);
  const door = demoDoor(server, (why, seconds) => notice(terminal, `${why}; trying again in ${seconds} s`));
  try {
    const tally = await trade(door, today, (day, days, messages) => progress.update(day, days, messages));
    await door.upToDate();
    for (const { id, problem } of tally.refused.slice(0, 5))
      notice(terminal, `refused: ${id ?? ''} ${problem?.detail ?? ''}`);
    return tally;
  } finally {
    progress.stop();
  }
}

/** The company depends on the day, so each demo begins anew. A server that a killed demo left is stopped first. */
async function clear({ dataDir }: Config, terminal: Terminal): Promise<void> {
  const there = await stat(dataDir).catch(() => null);
  if (there === null) return;
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (text: string) => notice(terminal, text),
    error: (text: string) => notice(terminal, text),
  };
  const postgres = await startEmbeddedPostgres({ dataDir: path.resolve(dataDir, 'postgres'), log });
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
}
