/** What a query cannot answer. `code` is stable; `facts` carry the values involved, as text. */
export abstract class QueryRefused extends Error {
  abstract readonly code: string;
  abstract readonly kind: 'unknown' | 'invalid' | 'behind';
  /** What of the question is at fault, as its parameters and ids are named; null: nothing. */
  abstract readonly field: string | null;
  readonly facts: Readonly<Record<string, string>> = {};
}

export class UnknownAccount extends QueryRefused {
  readonly code = 'account.unknown';
  readonly kind = 'unknown';
  readonly field = 'accountId';
  constructor(readonly accountId: string) {
    super(`there is no account ${accountId}`);
  }
}

export class UnknownDocument extends QueryRefused {
  readonly code = 'document.unknown';
  readonly kind = 'unknown';
  readonly field: string;
  constructor(
    readonly accountId: string,
    readonly documentKind: 'order' | 'invoice' | 'payment',
    readonly number: string,
    readonly company: string,
  ) {
    super(`account ${accountId} has no ${documentKind} ${number}${company === '' ? '' : ` of company ${company}`}`);
    this.field = `${documentKind}Id`;
  }
}

/** A parameter that is not what its place asks for. */
export class InvalidParameter extends QueryRefused {
  readonly code = 'parameter.invalid';
  readonly kind = 'invalid';
  constructor(
    readonly field: string,
    readonly value: string,
    readonly expected: string,
  ) {
    super(`${field} is "${value.slice(0, 80)}"; it must be ${expected}`);
  }
}

/** What may still be recorded before that instant is not known yet, so the answer could change. */
export class KnownAtTooLate extends QueryRefused {
  readonly code = 'known-at.too-late';
  readonly kind = 'invalid';
  readonly field = 'knownAt';
  override readonly facts: Readonly<Record<string, string>>;
  constructor(
    readonly knownAt: string,
    readonly highWater: string,
  ) {
    super(`what was known at ${knownAt} is not settled yet; at most ${highWater}`);
    this.facts = { knownAt, highWater };
  }
}

/** The read models have not reached the position that the caller asked to wait for. */
export class ReadModelBehind extends QueryRefused {
  readonly code = 'read-model.behind';
  readonly kind = 'behind';
  readonly field = null;
  constructor(
    readonly wanted: string,
    readonly position: string | null,
  ) {
    super('the read models have not reached that position yet');
  }
}
