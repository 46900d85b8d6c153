import { MoneyDto } from '../money.dto';
import { Flag, FreeObject, ListOf, NullablePart, NullableText, Part, Text, WholeNumber } from '../shown';

export class LimitView {
  @NullablePart(MoneyDto)
  readonly amount!: MoneyDto | null;

  @Text()
  readonly validFrom!: string;

  @NullableText()
  readonly validTo!: string | null;
}

export class AccountView {
  @Text()
  readonly accountId!: string;

  @Text()
  readonly name!: string;

  @Text()
  readonly currency!: string;

  @NullableText()
  readonly country!: string | null;

  @NullableText()
  readonly segment!: string | null;

  @NullableText()
  readonly riskClass!: string | null;

  @NullableText()
  readonly parentId!: string | null;

  @NullableText()
  readonly terms!: string | null;

  @FreeObject()
  readonly attributes!: Readonly<Record<string, unknown>>;

  @Flag()
  readonly blocked!: boolean;

  @NullablePart(LimitView)
  readonly limit!: LimitView | null;

  @WholeNumber()
  readonly accountRevision!: number;
}

/** Decimal strings; the last three are subtracted. */
export class ExposureCategoriesView {
  @Text()
  readonly orders!: string;

  @Text()
  readonly deliveries!: string;

  @Text()
  readonly billing!: string;

  @Text()
  readonly receivables!: string;

  @Text()
  readonly special!: string;

  @Text()
  readonly unappliedCash!: string;

  @Text()
  readonly creditNotes!: string;

  @Text()
  readonly secured!: string;
}

export class ExposureView {
  @Text()
  readonly accountId!: string;

  @Text()
  readonly currency!: string;

  @Text()
  readonly total!: string;

  @Part(ExposureCategoriesView)
  readonly categories!: ExposureCategoriesView;

  @NullableText()
  readonly limit!: string | null;

  @NullableText()
  readonly available!: string | null;

  @NullableText()
  readonly utilisation!: string | null;

  @ListOf(MoneyDto)
  readonly unconverted!: readonly MoneyDto[];
}
