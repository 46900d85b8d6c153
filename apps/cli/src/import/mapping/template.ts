import type { TemplateValue } from './mapping';

/** A row's columns after clean-up; null where the row has nothing. */
export type RowValues = ReadonlyMap<string, string | number | null>;

const PLACEHOLDER = /\{([A-Za-z][A-Za-z0-9_]*)\}/g;
const ALONE = /^\{([A-Za-z][A-Za-z0-9_]*)\}$/;

/** The template with the row's values. `undefined`: one of its columns is empty, so it is left out. */
export function render(template: TemplateValue, values: RowValues): unknown {
  if (typeof template === 'string') return renderCell(template, values);
  if (template === null || typeof template !== 'object') return template;
  if (isList(template))
    return template.map((element) => render(element, values)).filter((element) => element !== undefined);
  const members: [string, unknown][] = [];
  for (const [name, member] of Object.entries(template)) {
    const rendered = render(member, values);
    if (rendered !== undefined) members.push([name, rendered]);
  }
  return Object.fromEntries(members);
}

/** A template that can only be text, such as an id. */
export function renderText(template: string, values: RowValues): string | undefined {
  const rendered = renderCell(template, values);
  return rendered === undefined ? undefined : String(rendered);
}

/** Every column that a template names. */
export function columnsNamedIn(template: TemplateValue): readonly string[] {
  if (typeof template === 'string') return [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  if (template === null || typeof template !== 'object') return [];
  return Object.values(template).flatMap((member: TemplateValue) => columnsNamedIn(member));
}

function renderCell(template: string, values: RowValues): string | number | undefined {
  const alone = ALONE.exec(template);
  if (alone !== null) return values.get(alone[1] ?? '') ?? undefined;
  let isEmpty = false;
  const text = template.replace(PLACEHOLDER, (_, name: string) => {
    const value = values.get(name) ?? null;
    isEmpty ||= value === null;
    return String(value);
  });
  return isEmpty ? undefined : text;
}

function isList(template: object): template is readonly TemplateValue[] {
  return Array.isArray(template);
}
