import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import { ENVELOPE_ID, SCHEMA_BASE, type Description, type Operation, type Parameter } from './description';
import { depthOf, fieldName, isObject, valueAt, type JsonObject, type Path } from './json';
import { dataFaults, envelopeDataPath } from './oracle-rules';
import { commandTypeOf, type Draft } from './world';

/** Something that is wrong with a request: where, and how it must be answered. */
export interface Fault {
  readonly field: string;
  readonly status: number;
}

/**
 * What a request deserves, from the published schemas and the rules that stand beside them. Written apart from the
 * server's own validation, which it is there to judge.
 */
export class Oracle {
  private readonly ajv: Ajv2020;
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(private readonly description: Description) {
    this.ajv = createAjv(description);
  }

  /** Everything that is wrong; none: the request has the right shape. */
  faultsOf(operation: Operation, draft: Draft): readonly Fault[] {
    if (depthOf(draft.json) > MAX_BODY_DEPTH) return [{ field: 'body', status: 400 }];
    return [...this.parameterFaults(operation, draft), ...this.bodyFaults(operation, draft.json, draft)];
  }

  private parameterFaults(operation: Operation, draft: Draft): Fault[] {
    const faults: Fault[] = [];
    const at = (kind: Parameter['in'], name: string): Parameter | undefined =>
      operation.parameters.find((one) => one.in === kind && one.name.toLowerCase() === name.toLowerCase());
    for (const parameter of operation.parameters.filter((one) => one.in === 'path')) {
      const value = draft.path[parameter.name] ?? '';
      if (value.length > MAX_ROUTED_CHARACTERS) faults.push({ field: 'address', status: 414 });
      else if (!this.isValid(parameter, value)) faults.push(bad(parameter.name));
    }
    const seen = new Set<string>();
    for (const [name, value] of draft.query) {
      const parameter = at('query', name);
      const isKnown = parameter?.name === name;
      if (IGNORES_QUERY.has(operation.id)) continue;
      if (!isKnown || seen.has(name) || !this.isValid(parameter, value) || !isQueryRight(name, value, operation.id)) {
        faults.push(bad(name));
      }
      seen.add(name);
    }
    if (seen.has('revision') && seen.has('knownAt')) faults.push(bad('knownAt'));
    for (const [name, value] of draft.headers) {
      const parameter = at('header', name);
      if (parameter !== undefined && !this.isValid(parameter, headerText(value))) faults.push(bad(parameter.name));
    }
    return faults;
  }

  private isValid({ schema, name }: Parameter, text: string): boolean {
    // A position or a cursor is only right when the server gave it out, and these were not.
    if (name === 'cursor' || name === 'Duestream-Min-Position') return false;
    const isNumber = schema['type'] === 'integer';
    if (isNumber && !/^\d{1,15}$/.test(text)) return false;
    return this.validate(schema, isNumber ? Number(text) : text, []).length === 0;
  }

  private bodyFaults(operation: Operation, json: unknown, draft: Draft): readonly Fault[] {
    if (operation.body === null) return [];
    if (operation.id === 'Messages_record' || operation.messageType !== null) return this.messageFaults(json);
    if (!isObject(json)) return [bad('body')];
    const faults = this.validate(operation.body, json, []);
    for (const [name, inPath] of [...Object.entries(draft.path), ...draft.query]) {
      if (json[name] !== undefined && name !== 'accountId' && json[name] !== inPath) faults.push(bad(name));
    }
    if (faults.length > 0) return faults;
    const { accountId: _account, ...ids } = draft.path;
    return dataFaults(commandTypeOf(operation) ?? '', { ...json, ...ids }, []);
  }

  private messageFaults(json: unknown): readonly Fault[] {
    if (!isObject(json)) return [bad('')];
    const faults = this.validate({ $ref: ENVELOPE_ID }, json, []);
    if (faults.length > 0) return faults;
    const type = String(json['type']);
    const inData = this.validate({ $ref: `${SCHEMA_BASE}inbound/${type}.json` }, json['data'], envelopeDataPath);
    const data = json['data'];
    return inData.length > 0 || !isObject(data) ? inData : dataFaults(type, data, envelopeDataPath);
  }

  private validate(schema: JsonObject, value: unknown, under: Path): Fault[] {
    const key = JSON.stringify(schema);
    let validator = this.validators.get(key);
    if (validator === undefined) {
      validator = this.ajv.compile(withOpenApiReferences(schema) as JsonObject);
      this.validators.set(key, validator);
    }
    if (validator(value)) return [];
    return (validator.errors ?? []).flatMap((error) => fieldsOf(error, under, value).map(bad));
  }
}

const MAX_BODY_DEPTH = 33;
/** A longer part of an address reaches no route. */
const MAX_ROUTED_CHARACTERS = 1_536;
/** Asked by machines of other makers, which may add what they like. */
const IGNORES_QUERY: ReadonlySet<string> = new Set(['Health_live', 'Health_ready', 'Health_scrape']);

function bad(field: string): Fault {
  return { field, status: 400 };
}

/** What stands in descriptions only. */
function isQueryRight(name: string, value: string, operation: string): boolean {
  if (name === 'buckets') {
    const borders = value.split(',').map(Number);
    return borders.every((border, index) => border > (borders[index - 1] ?? 0) && border <= 36_500);
  }
  // Reports show what is settled; the state of one account may be asked for at any instant.
  if (name === 'knownAt' && operation !== 'History_state') return Date.parse(value) < Date.now() - 60_000;
  return true;
}

/** As the server reads it: without blanks around it, in normal form C. */
function headerText(value: string): string {
  return value.replace(/^[ \t]+|[ \t]+$/g, '').normalize('NFC');
}

/** Every name that a problem may rightly give for this error. */
function fieldsOf(error: ErrorObject, under: Path, root: unknown): readonly string[] {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const { params } = error;
  const inner: unknown = params['missingProperty'] ?? params['additionalProperty'] ?? error.propertyName;
  const here = [...under, ...path];
  if (typeof inner === 'string') return [fieldName([...here, inner])];
  // The money of a currency with fewer decimals is wrong in its amount.
  if (error.keyword === 'x-money') return [fieldName([...here, 'amount'])];
  const whole = fieldName(here);
  return whole === '' && isObject(valueAt(root, [])) ? ['body', ''] : [whole];
}

/** OpenAPI's references lead into the document, which ajv knows by a name. */
function withOpenApiReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withOpenApiReferences);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const isLocal = name === '$ref' && typeof inner === 'string' && inner.startsWith('#/components');
      return [name, isLocal ? `openapi.json${inner}` : withOpenApiReferences(inner)];
    }),
  );
}

function createAjv({ openApi, schemas }: Description): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    validateSchema: false,
    ownProperties: true,
    formats: FORMATS,
  });
  ajv.addKeyword({
    keyword: 'x-nfc',
    type: 'string',
    validate: (_: unknown, text: string) => text.normalize('NFC') === text,
  });
  ajv.addKeyword({ keyword: 'x-currency', type: 'string', validate: (_: unknown, code: string) => DECIMALS.has(code) });
  ajv.addKeyword({ keyword: 'x-money', type: 'object', validate: isMoney });
  for (const [id, schema] of schemas) ajv.addSchema(schema, id);
  ajv.addSchema({ components: openApi['components'] }, 'openapi.json');
  return ajv;
}

/** Decimals of the currencies that cases are made of. All other codes in them are no ISO 4217 currency in force. */
const DECIMALS: ReadonlyMap<string, number> = new Map([
  ['EUR', 2],
  ['USD', 2],
  ['JPY', 0],
  ['BHD', 3],
  ['CLF', 4],
]);

function isMoney(sign: unknown, { amount, currency }: JsonObject): boolean {
  if (typeof amount !== 'string' || typeof currency !== 'string') return true;
  const decimals = DECIMALS.get(currency);
  if (decimals === undefined) return true;
  const [whole = '', fraction = ''] = amount.split('.');
  if (fraction.length > decimals || (decimals === 0 && amount.includes('.'))) return false;
  return sign === 'not-negative' || /[1-9]/.test(whole + fraction);
}

const FORMATS = {
  date: (text: string): boolean => {
    const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)?.map(Number) ?? [];
    if (year === undefined || month === undefined || day === undefined || year === 0) return false;
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  },
  'date-time': (text: string): boolean => {
    const [, day = '', hours, minutes, seconds, zone = ''] =
      /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/.exec(text) ?? [];
    const isOffset = /^[Zz]$|^[+-](?:[01]\d|2[0-3]):[0-5]\d$/.test(zone);
    return FORMATS.date(day) && Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60 && isOffset;
  },
};
