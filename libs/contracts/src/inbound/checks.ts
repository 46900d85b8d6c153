import { isCurrency, minorOf, type CommandDataByType, type CommandType, type MoneyText } from '@duestream/domain';
import { problem, type Problem } from '../schema/problem';
import { isDeeperThan } from '../schema/rules';

type Check<T extends CommandType> = (data: CommandDataByType[T]) => Problem | null;

const MAX_LINE_LEVELS = 8;

/** Rules across the fields of one message. They run after its schema has accepted it; fields are named from `data`. */
export const documentChecks: { readonly [T in CommandType]?: Check<T> } = {
  'limit.set.v1': ({ validFrom, validTo }) =>
    validFrom !== undefined && validTo !== undefined && validTo < validFrom
      ? problem('limit.period', 'validTo', validTo, `a date on or after validFrom, ${validFrom}`)
      : null,
  'order.placed.v1': ({ lines }) =>
    lines !== undefined && isDeeperThan(MAX_LINE_LEVELS, lines)
      ? problem('message.too-deep', 'lines', lines, `at most ${MAX_LINE_LEVELS} levels of lists and objects`)
      : null,
  'invoice.issued.v1': (data) => checkInstalments(data),
};

function checkInstalments({ amount, instalments }: CommandDataByType['invoice.issued.v1']): Problem | null {
  if (instalments === undefined) return null;
  const numbers = new Set<number>();
  let sum = 0n;
  for (const [index, instalment] of instalments.entries()) {
    const at = `instalments[${index}]`;
    if (numbers.has(instalment.number)) {
      return problem(
        'instalments.number-repeated',
        `${at}.number`,
        instalment.number,
        'a number that no other instalment has',
      );
    }
    if (instalment.amount.currency !== amount.currency) {
      return problem(
        'instalments.currency',
        `${at}.amount.currency`,
        instalment.amount.currency,
        `the invoice's currency, ${amount.currency}`,
      );
    }
    numbers.add(instalment.number);
    sum += minorUnits(instalment.amount);
  }
  if (sum === minorUnits(amount)) return null;
  const found = instalments.map((instalment) => instalment.amount.amount).join(' + ');
  return problem(
    'instalments.sum',
    'instalments',
    found,
    `amounts that add up to the invoice's ${amount.amount} ${amount.currency}`,
  );
}

function minorUnits({ amount, currency }: MoneyText): bigint {
  const minor = isCurrency(currency) ? minorOf(amount, currency) : null;
  if (minor === null) throw new RangeError(`an amount that its schema should have refused: ${amount} ${currency}`);
  return minor;
}
