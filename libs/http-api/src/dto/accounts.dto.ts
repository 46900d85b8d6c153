import { Field, OptionalField } from './fields';
import type { MoneyDto } from './money.dto';

/** Opens the account, or changes the fields that differ. */
export class PutAccountDto {
  @OptionalField('name')
  readonly name?: string;

  @OptionalField('currency')
  readonly currency?: string;

  @OptionalField('id')
  readonly country?: string;

  @OptionalField('id')
  readonly segment?: string;

  @OptionalField('id')
  readonly riskClass?: string;

  @OptionalField('id')
  readonly parentId?: string;

  @OptionalField('terms')
  readonly terms?: string;

  @OptionalField('attributes')
  readonly attributes?: Readonly<Record<string, string>>;
}

export class SetLimitDto {
  @Field('limitAmount')
  readonly amount!: MoneyDto | null;

  @OptionalField('date')
  readonly validFrom?: string;

  @OptionalField('date')
  readonly validTo?: string;

  @OptionalField('text')
  readonly reason?: string;
}

export class BlockAccountDto {
  @Field('text')
  readonly reason!: string;

  @OptionalField('date')
  readonly blockedOn?: string;
}

export class UnblockAccountDto {
  @Field('text')
  readonly reason!: string;

  @OptionalField('date')
  readonly unblockedOn?: string;
}
