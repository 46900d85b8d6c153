import { stat } from 'node:fs/promises';
import { CliError, messageOf } from '../terminal/cli-error';
import type { ImportItem, ImportSource, ItemsRead } from './items';
import { isBlank, readLines, type FileLine } from './lines';

/** One message per line, sent as it stands: the server applies the contract. */
export async function ndjsonSource(file: string): Promise<ImportSource> {
  const { size } = await stat(file).catch((error: unknown) => {
    throw new CliError('file.unreadable', `cannot read ${file}: ${messageOf(error)}`);
  });
  return { total: size, items: itemsOf(file) };
}

async function* itemsOf(file: string): AsyncGenerator<ItemsRead> {
  for await (const { lines, bytesRead } of readLines(file)) {
    yield { items: lines.filter((line) => !isBlank(line)).map(itemOf), done: bytesRead };
  }
}

function itemOf(line: FileLine): ImportItem {
  if ('problem' in line) return { line: line.number, id: null, reason: line.problem };
  try {
    JSON.parse(line.text);
  } catch (error) {
    return { line: line.number, id: null, reason: `not JSON: ${messageOf(error)}` };
  }
  return { line: line.number, text: line.text };
}
