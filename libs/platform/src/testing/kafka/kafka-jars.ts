import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The broker of the tests, from Maven Central or as a container. */
export const KAFKA_VERSION = '4.1.1';
const RESOLVE_TIMEOUT_MS = 300_000;
const OLDEST_JAVA = 17;

/** What keeps this machine from running Kafka's jars; null when nothing does. */
export async function whyNoJava(): Promise<string | null> {
  try {
    // Java tells its version on stderr.
    const { stderr } = await run('java', ['-version']);
    const version = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
    if (version < OLDEST_JAVA) return `Java is older than ${OLDEST_JAVA}`;
  } catch {
    return 'there is no Java';
  }
  try {
    await run('mvn', ['-version']);
    return null;
  } catch {
    return 'there is no Maven';
  }
}

/** The folder of Kafka's jars and all that they need; Maven fetches them once per user and version. */
export function kafkaJars(): Promise<string> {
  return jarsOf('kafka_2.13', `kafka-${KAFKA_VERSION}`);
}

/** The same of the command-line tools, such as the console producer. */
export function kafkaToolJars(): Promise<string> {
  return jarsOf('kafka-tools', `kafka-tools-${KAFKA_VERSION}`);
}

async function jarsOf(artifact: string, name: string): Promise<string> {
  const cache = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'duestream');
  const folder = path.join(cache, name);
  if (await hasJars(folder)) return folder;
  await mkdir(cache, { recursive: true });
  // Whole or not at all: another run may look at the same moment.
  const draft = await mkdtemp(path.join(cache, 'resolving-'));
  try {
    await writeFile(path.join(draft, 'pom.xml'), pomOf(artifact));
    const jars = path.join(draft, 'jars');
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${jars}`, '-DincludeScope=runtime'];
    await run('mvn', ['--batch-mode', '--quiet', ...goal], { cwd: draft, timeout: RESOLVE_TIMEOUT_MS });
    await rename(jars, folder).catch(async (error: unknown) => {
      if (!(await hasJars(folder))) throw error;
    });
    return folder;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function hasJars(folder: string): Promise<boolean> {
  const files = await readdir(folder).catch(() => []);
  return files.some((file) => file.startsWith('kafka-clients-'));
}

const pomOf = (artifact: string): string => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>duestream</groupId>
  <artifactId>test-broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>${artifact}</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
