import { ListOf, NullableNumber, OneOfTexts, Part, Text, WholeNumber } from '../shown';

export class BucketView {
  @NullableNumber()
  readonly from!: number | null;

  @NullableNumber()
  readonly to!: number | null;
}

export class OpenItemView {
  @Text()
  readonly accountId!: string;

  @OneOfTexts(['invoice', 'payment', 'credit-note'])
  readonly kind!: 'invoice' | 'payment' | 'credit-note';

  @Text()
  readonly company!: string;

  @Text()
  readonly number!: string;

  @WholeNumber()
  readonly item!: number;

  @Text()
  readonly currency!: string;

  @Text()
  readonly original!: string;

  @Text()
  readonly open!: string;

  @Text()
  readonly issuedOn!: string;

  @Text()
  readonly dueOn!: string;

  @WholeNumber()
  readonly daysPastDue!: number;

  @Part(BucketView)
  readonly bucket!: BucketView;

  @Text()
  readonly disputed!: string;
}

/** Days past due, inclusive. */
export class AgingBucketView {
  @NullableNumber()
  readonly from!: number | null;

  @NullableNumber()
  readonly to!: number | null;

  @Text()
  readonly amount!: string;

  @WholeNumber()
  readonly count!: number;
}

export class AgingItemView {
  @Text()
  readonly key!: string;

  @Text()
  readonly currency!: string;

  @ListOf(AgingBucketView)
  readonly buckets!: readonly AgingBucketView[];

  @Text()
  readonly total!: string;

  @Text()
  readonly overdue!: string;

  @Text()
  readonly disputed!: string;

  @WholeNumber()
  readonly openItems!: number;
}
