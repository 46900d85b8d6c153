import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brokenPromises } from './compatibility';
import type { JsonSchema } from './builder';
import { schemaFiles } from './files';

const folder = path.resolve(__dirname, '../../schemas');
const releasedFile = path.join(folder, 'released.json');

/** `UPDATE_SCHEMAS=1` writes the files (run prettier after it); `UPDATE_SCHEMAS=release` also takes them as what has been promised. */
const update = process.env['UPDATE_SCHEMAS'];

describe('the published schemas', () => {
  if (update !== undefined) beforeAll(writeFiles);

  it('are the files under libs/contracts/schemas, one per type', () => {
    const expected = [...schemaFiles().keys(), 'released.json'].sort();
    expect(listFiles()).toEqual(expected);
    for (const [file, schema] of schemaFiles()) {
      expect({ file, schema: read(file) }).toEqual({ file, schema });
    }
  });

  it('break nobody who relies on the released ones', () => {
    const released = new Map(Object.entries(read('released.json') as Record<string, JsonSchema>));
    expect(brokenPromises(released, schemaFiles())).toEqual([]);
  });
});

function writeFiles(): void {
  for (const directory of ['inbound', 'outbound']) {
    rmSync(path.join(folder, directory), { recursive: true, force: true });
    mkdirSync(path.join(folder, directory), { recursive: true });
  }
  for (const [file, schema] of schemaFiles()) writeFileSync(path.join(folder, file), textOf(schema));
  if (update === 'release') writeFileSync(releasedFile, textOf(Object.fromEntries(schemaFiles())));
}

function textOf(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
}

function listFiles(): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .sort();
}
