import { Option } from 'commander';
import type { Running } from '@duestream/hosting';
import { interruption, loadConfig, loadRoleConfig, ROLES, STOPPING, type Role } from '@duestream/platform';
import { EXIT_DONE } from '../terminal/cli-error';
import { notice } from '../terminal/terminal';
import type { AddCommand } from './context';

export const addStart: AddCommand = (program, { terminal, env, finish }) => {
  program
    .command('start')
    .description('run the server with the embedded engines until Ctrl-C')
    .addOption(
      new Option('--role <role>', 'only this part of the work, shared with other processes over Kafka').choices(ROLES),
    )
    .action(async ({ role }: { readonly role?: Role }) => {
      const { happened, ignore } = interruption();
      const running = await start(role, env);
      const who = role === undefined ? 'Duestream' : `Duestream's ${role}`;
      notice(terminal, `${who} answers at ${running.url}; Ctrl-C stops it`);
      notice(terminal, running.notice);
      await happened;
      notice(terminal, STOPPING);
      await running.close();
      ignore();
      finish(EXIT_DONE);
    });
};

/** Loads the code of that role alone. */
async function start(role: Role | undefined, env: NodeJS.ProcessEnv): Promise<Running> {
  switch (role) {
    case undefined: {
      const { startStandalone } = await import('@duestream/standalone');
      return startStandalone(loadConfig(env), { projectorThread: true });
    }
    case 'api': {
      const { startApi } = await import('@duestream/api');
      return startApi(loadRoleConfig(env, role));
    }
    case 'intake': {
      const { startIntakeRole } = await import('@duestream/intake');
      return startIntakeRole(loadRoleConfig(env, role));
    }
    case 'relay': {
      const { startRelayRole } = await import('@duestream/relay');
      return startRelayRole(loadRoleConfig(env, role));
    }
    case 'projector': {
      const { startProjector } = await import('@duestream/projector');
      return startProjector(loadRoleConfig(env, role));
    }
    case 'queries': {
      const { startQueries } = await import('@duestream/queries');
      return startQueries(loadRoleConfig(env, role));
    }
  }
}
