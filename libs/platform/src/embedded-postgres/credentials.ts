import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from './errors';
import { errorCode } from './process-identity';

/** Passwords are hexadecimal, so they need no escaping in SQL, in connection strings or in files. */
export interface Credentials {
  readonly superuserPassword: string;
  readonly applicationPassword: string;
}

/** Reads the passwords of the data folder, or makes new random ones for a folder without a cluster. */
export async function provideCredentials(dataDir: string, clusterExists: boolean): Promise<Credentials> {
  const file = path.join(dataDir, 'postgres.credentials');
  try {
    return parseCredentials(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  if (clusterExists) throw unusable(file, 'is missing, so its data cannot be opened');
  const made: Credentials = {
    superuserPassword: randomBytes(24).toString('hex'),
    applicationPassword: randomBytes(24).toString('hex'),
  };
  await writeFile(`${file}.new`, JSON.stringify(made), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return made;
}

function parseCredentials(text: string, file: string): Credentials {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && 'superuserPassword' in value && 'applicationPassword' in value) {
    const { superuserPassword, applicationPassword } = value;
    if (typeof superuserPassword === 'string' && typeof applicationPassword === 'string') {
      return { superuserPassword, applicationPassword };
    }
  }
  throw unusable(file, 'is damaged');
}

function unusable(file: string, what: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'embedded-postgres.data-folder-unusable',
    `The password file ${file} of the embedded PostgreSQL ${what}. Restore it from a backup of the data folder.`,
  );
}
