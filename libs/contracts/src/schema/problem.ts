import type { ErrorObject } from 'ajv';
import { moneyFault } from './rules';

/** Why a message is not right. `code` is stable. */
export interface Problem {
  readonly code: string;
  /** A sentence with all of it. */
  readonly detail: string;
  /** Such as `data.amount.amount` or `data.remittance[2].invoiceId`. */
  readonly field: string;
  /** What was there, shortened; null when nothing was. */
  readonly value: string | null;
  readonly expected: string;
}

/** The problem that a schema's first error states. `under` is the path of what was validated (`data`, or empty). */
export function problemOfSchemaError(error: ErrorObject, under: string): Problem {
  const path = pointedField(under, error.instancePath);
  const { params } = error;
  const expected = textOf(descriptionOf(error)) ?? `what the schema says: ${error.message ?? error.keyword}`;
  if (error.propertyName !== undefined) {
    return problem('field.unknown', join(path, error.propertyName), null, expected);
  }
  switch (error.keyword) {
    case 'required':
      return problem('field.missing', join(path, String(params['missingProperty'])), undefined, expectedMember(error));
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownField(error, path);
    case 'dependentRequired':
      return problem(
        'field.missing',
        join(path, String(params['missingProperty'])),
        undefined,
        `it beside ${String(params['property'])}`,
      );
    case 'oneOf':
      return problem('field.either-or', path, error.data, `exactly one of ${alternatives(error.schema).join(' and ')}`);
    case 'type':
      return problem('field.wrong-type', path, error.data, expected);
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
    case 'maxProperties':
      return problem('field.wrong-size', path, error.data, expected);
    case 'format':
      return problem(params['format'] === 'date' ? 'date.invalid' : 'instant.invalid', path, error.data, expected);
    case 'x-nfc':
      return problem('id.not-nfc', path, error.data, 'Unicode normal form C (NFC)');
    case 'x-currency':
      return problem('currency.unknown', path, error.data, expected);
    case 'x-money':
      return moneyProblem(error, path);
    default:
      return problem('field.invalid', path, error.data, expected);
  }
}

/** `undefined` as value means that nothing was there. */
export function problem(code: string, field: string, value: unknown, expected: string): Problem {
  const found = value === undefined ? null : preview(value);
  const where = field === '' ? 'the message' : field;
  const detail =
    found === null ? `${where} is missing; expected ${expected}` : `${where} is ${found}; expected ${expected}`;
  return { code, detail, field, value: found, expected };
}

/** Names of members and places in lists, from the outside in. */
export type FieldPath = readonly (string | number)[];

/** As problems name a field: `remittance[2].invoiceId`. */
export function fieldPath(path: FieldPath): string {
  return path.reduce<string>((name, step) => join(name, String(step)), '');
}

/** A value in a few words. Never looks deeper than one level: the value is a stranger's. */
export function preview(value: unknown): string {
  if (typeof value === 'string') {
    const characters = [...value.slice(0, 2 * PREVIEW_CHARACTERS)];
    const isLong = characters.length > PREVIEW_CHARACTERS || value.length > 2 * PREVIEW_CHARACTERS;
    return isLong ? `${JSON.stringify(characters.slice(0, PREVIEW_CHARACTERS).join(''))}…` : JSON.stringify(value);
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  return String(value);
}

const PREVIEW_CHARACTERS = 64;

function unknownField(error: ErrorObject, path: string): Problem {
  const name = String(error.params['additionalProperty']);
  const field = join(path, name);
  const known = namesOf(error.parentSchema?.['properties']);
  const expected = known.length === 0 ? 'no fields here' : `only ${known.join(', ')}`;
  return {
    code: 'field.unknown',
    field,
    value: preview(memberOf(error.data, name)),
    expected,
    detail: `${field} is not a known field; expected ${expected}`,
  };
}

function moneyProblem(error: ErrorObject, path: string): Problem {
  const sign = error.schema === 'not-negative' ? 'not-negative' : 'positive';
  const fault = isObject(error.data) ? moneyFault(error.data, sign) : null;
  const code = fault?.code ?? 'field.invalid';
  return problem(code, join(path, 'amount'), memberOf(error.data, 'amount'), fault?.expected ?? 'an amount');
}

function expectedMember(error: ErrorObject): string {
  const properties: unknown = error.parentSchema?.['properties'];
  const member = memberOf(properties, String(error.params['missingProperty']));
  return textOf(isObject(member) ? memberOf(member, 'description') : undefined) ?? 'it to be there';
}

function descriptionOf(error: ErrorObject): unknown {
  return error.parentSchema?.['description'];
}

function alternatives(schema: unknown): readonly string[] {
  if (!Array.isArray(schema)) return [];
  return schema.flatMap((alternative: unknown) => {
    const required = memberOf(alternative, 'required');
    return Array.isArray(required) ? required.map(String) : [];
  });
}

/** `/remittance/2/invoiceId` under `data` → `data.remittance[2].invoiceId`. */
function pointedField(under: string, pointer: string): string {
  let path = under;
  for (const segment of pointer.split('/').slice(1)) {
    path = join(path, segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return path;
}

function join(path: string, segment: string): string {
  if (/^\d+$/.test(segment)) return `${path}[${segment}]`;
  const name =
    [...segment].length > PREVIEW_CHARACTERS ? `${[...segment].slice(0, PREVIEW_CHARACTERS).join('')}…` : segment;
  return path === '' ? name : `${path}.${name}`;
}

function namesOf(value: unknown): readonly string[] {
  return isObject(value) ? Object.keys(value) : [];
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object';
}
