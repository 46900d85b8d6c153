const api = await (await fetch('/openapi.json')).json();
document.getElementById('description').textContent = api.info.description;

const byTag = new Map();
for (const [path, methods] of Object.entries(api.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    const tag = operation.tags?.[0] ?? 'other';
    byTag.set(tag, [...(byTag.get(tag) ?? []), { path, method, operation }]);
  }
}

const main = document.getElementById('routes');
main.replaceChildren();
for (const [tag, routes] of byTag) {
  main.append(element('h2', tag), ...routes.map(routeOf));
}

function routeOf({ path, method, operation }) {
  const summary = element('summary');
  const name = element('span', method.toUpperCase());
  name.className = 'method';
  summary.append(name, element('code', path), ` ${operation.summary ?? ''}`);
  const details = element('details');
  details.append(summary);
  const parameters = (operation.parameters ?? []).map((one) => [
    one.name,
    one.in,
    one.required ? 'required' : '',
    one.description ?? '',
  ]);
  if (parameters.length > 0) details.append(table(['parameter', 'in', '', 'meaning'], parameters));
  const body = operation.requestBody?.content?.['application/json']?.schema;
  if (body !== undefined) details.append(table(['body field', 'type', '', 'meaning'], fieldsOf(resolved(body))));
  const answers = Object.entries(operation.responses ?? {}).map(([status, answer]) => [
    status,
    answer.description ?? '',
  ]);
  details.append(table(['answer', 'meaning'], answers));
  return details;
}

function fieldsOf(schema) {
  const fields = schema.type === 'array' ? resolved(schema.items) : schema;
  const required = new Set(fields.required ?? []);
  return Object.entries(fields.properties ?? {}).map(([name, field]) => {
    return [name, typeOf(field), required.has(name) ? 'required' : '', field.description ?? ''];
  });
}

function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  if (schema.allOf) return schema.allOf.map(typeOf).join(' & ');
  if (schema.oneOf) return schema.oneOf.map(typeOf).join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  return schema.enum?.join(', ') ?? schema.format ?? schema.type ?? '';
}

function resolved(schema) {
  return schema.$ref ? api.components.schemas[schema.$ref.split('/').at(-1)] : schema;
}

function table(heads, rows) {
  const result = element('table');
  const head = element('tr');
  head.append(...heads.map((text) => element('th', text)));
  result.append(head);
  for (const cells of rows) {
    const row = element('tr');
    row.append(...cells.map((text) => element('td', text)));
    result.append(row);
  }
  return result;
}

function element(name, text) {
  const result = document.createElement(name);
  if (text !== undefined) result.textContent = text;
  return result;
}
