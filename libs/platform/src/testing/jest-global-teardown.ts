import './jest-global-setup';

export default async function stopAfterRun(): Promise<void> {
  await globalThis.duestreamTestPostgres?.stop();
}
