import type { Fault } from './oracle';
import { depthOf, fieldName, isObject, type JsonObject, type Path } from './json';

export const envelopeDataPath: Path = ['data'];

/** A data of more characters is refused, whatever it says. */
const MAX_DATA_CHARACTERS = 256 * 1_024;
/** The list of lines itself and eight levels in it. */
const MAX_LINES_DEPTH = 9;

/** Rules across the fields of a command, which JSON Schema cannot say. `data` has passed its schema. */
export function dataFaults(type: string, data: JsonObject, under: Path): readonly Fault[] {
  const faults = (RULES[type]?.(data) ?? []).map((path) => ({ field: fieldName([...under, ...path]), status: 400 }));
  if (faults.length > 0) return faults;
  const { enforcement: _mode, ...content } = data;
  if (JSON.stringify(content).length <= MAX_DATA_CHARACTERS) return [];
  return [{ field: under.length === 0 ? 'body' : fieldName(under), status: 413 }];
}

/** The fields that are wrong, by command. */
const RULES: Readonly<Record<string, (data: JsonObject) => readonly Path[]>> = {
  'limit.set.v1': ({ validFrom, validTo }) =>
    typeof validFrom === 'string' && typeof validTo === 'string' && validTo < validFrom ? [['validTo']] : [],
  'order.placed.v1': ({ lines }) => (depthOf(lines) > MAX_LINES_DEPTH ? [['lines']] : []),
  'invoice.issued.v1': (data) => [
    ...(data['shipmentId'] !== undefined && data['orderId'] === undefined ? [['orderId']] : []),
    ...instalmentFaults(data),
  ],
  'cash.applied.v1': ({ paymentId, creditNoteId }) =>
    (paymentId === undefined) === (creditNoteId === undefined) ? [[], ['body'], ['paymentId'], ['creditNoteId']] : [],
};

function instalmentFaults({ amount, instalments }: JsonObject): readonly Path[] {
  if (!Array.isArray(instalments) || !isObject(amount)) return [];
  if (instalments.length === 0) return [['instalments']];
  const faults: Path[] = [];
  const numbers = new Set<unknown>();
  let sum = 0n;
  for (const [index, instalment] of (instalments as readonly JsonObject[]).entries()) {
    if (numbers.has(instalment['number'])) faults.push(['instalments', index, 'number']);
    numbers.add(instalment['number']);
    const part = instalment['amount'];
    if (!isObject(part)) continue;
    if (part['currency'] !== amount['currency']) faults.push(['instalments', index, 'amount', 'currency']);
    sum += tenThousandths(part['amount']);
  }
  if (sum !== tenThousandths(amount['amount'])) faults.push(['instalments']);
  return faults;
}

/** No currency has more than four decimals. */
function tenThousandths(amount: unknown): bigint {
  const [whole = '0', fraction = ''] = String(amount).split('.');
  return BigInt(whole + fraction.padEnd(4, '0'));
}
