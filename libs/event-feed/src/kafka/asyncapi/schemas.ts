import { schemaFiles } from '@duestream/contracts';

type Json = Readonly<Record<string, unknown>>;

const COMMON = 'common';

/**
 * All published schemas as AsyncAPI wants them: in one document, named by their files, and in the words of JSON Schema
 * draft 7, on which its own schemas are built.
 */
export function schemaComponents(): Json {
  const components: Record<string, unknown> = {};
  for (const [file, { $schema: _dialect, $id: _id, $defs, ...schema }] of schemaFiles()) {
    const name = componentName(file);
    if (name !== COMMON) components[name] = inDraft7(schema);
    for (const [part, definition] of Object.entries($defs ?? {})) components[`${name}.${part}`] = inDraft7(definition);
  }
  return components;
}

export function schemaRef(file: string): Json {
  return { $ref: `#/components/schemas/${componentName(file)}` };
}

/** `inbound/order.placed.v1.json` → `inbound.order.placed.v1`: no slashes, as AsyncAPI asks. */
function componentName(file: string): string {
  return file.replace(/\.json$/, '').replaceAll('/', '.');
}

function inDraft7(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inDraft7);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([keyword, content]) => {
      if (keyword === '$ref') return [keyword, movedRef(String(content))];
      return [keyword === 'dependentRequired' ? 'dependencies' : keyword, inDraft7(content)];
    }),
  );
}

/** `../common.json#/$defs/id` and `#/$defs/id` → `#/components/schemas/common.id`. */
function movedRef(ref: string): string {
  const name = /^(?:(?:\.\.\/)?common\.json)?#\/\$defs\/(\w+)$/.exec(ref)?.[1];
  if (name === undefined) throw new Error(`a reference that leads nowhere in one document: ${ref}`);
  return `#/components/schemas/${COMMON}.${name}`;
}
