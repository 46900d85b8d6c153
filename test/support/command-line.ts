import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runProgram } from '../../apps/cli/src/program';

export interface CommandLineResult {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** One command line in this process, with this environment alone. */
export async function runCommandLine(args: readonly string[], env: NodeJS.ProcessEnv): Promise<CommandLineResult> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(out), text(err)]);
  const exitCode = await runProgram(args, { out, err }, env);
  out.end();
  err.end();
  const [outText, errText] = await said;
  return { exitCode, out: outText, err: errText };
}
