import { readFile } from 'node:fs/promises';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020';
import { CliError, messageOf } from '../../terminal/cli-error';
import type { Mapping } from './mapping';
import { mappingSchema } from './mapping-schema';
import { columnsNamedIn } from './template';

/** A mapping file, checked. Throws a CliError that names what is wrong and where. */
export async function loadMapping(file: string): Promise<Mapping> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliError('mapping.unreadable', `cannot read the mapping ${file}: ${messageOf(error)}`);
  });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new CliError('mapping.not-json', `the mapping ${file} is not JSON: ${messageOf(error)}`);
  }
  const problems = problemsOf(content);
  if (problems.length === 0) return content as Mapping;
  throw new CliError(
    'mapping.invalid',
    [`the mapping ${file} is not valid:`, ...problems.map((one) => `  ${one}`)].join('\n'),
  );
}

export function problemsOf(content: unknown): readonly string[] {
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile<Mapping>(mappingSchema);
  if (!validate(content)) return (validate.errors ?? []).map(sentenceOf);
  const known = Object.keys(content.columns);
  const used = [
    ...columnsNamedIn(content.account),
    ...columnsNamedIn(content.openAccount ?? {}),
    ...content.messages.flatMap((rule) => [
      ...columnsNamedIn(rule.data),
      ...columnsNamedIn(rule.id ?? ''),
      ...Object.keys(rule.when ?? {}),
    ]),
  ];
  const unknown = [...new Set(used)].filter((name) => !known.includes(name));
  return unknown.map((name) => `{${name}} is used, but \`columns\` has only ${known.join(', ')}`);
}

function sentenceOf({ instancePath, message, params }: ErrorObject): string {
  const where = instancePath === '' ? 'the mapping' : instancePath.slice(1).replaceAll('/', '.');
  const details = [params['additionalProperty'], params['allowedValues']].filter((detail) => detail !== undefined);
  return `${where} ${message ?? 'is not valid'}${details.length === 0 ? '' : `: ${details.map(listed).join(', ')}`}`;
}

function listed(detail: unknown): string {
  return Array.isArray(detail) ? detail.map(String).join(', ') : String(detail);
}
