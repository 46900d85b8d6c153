import { Field, OptionalField, OptionalFreeList } from './fields';
import type { MoneyDto } from './money.dto';

export class PlaceOrderDto {
  @OptionalField('company')
  readonly company?: string;

  @Field('id')
  readonly orderId!: string;

  @Field('money')
  readonly amount!: MoneyDto;

  @OptionalField('date')
  readonly orderDate?: string;

  @OptionalField('date')
  readonly shipBy?: string;

  @OptionalField('terms')
  readonly terms?: string;

  @OptionalFreeList(1_000)
  readonly lines?: readonly object[];

  @OptionalField('enforcement')
  readonly enforcement?: string;
}

/** As an order; its number may be left out. */
export class CheckOrderDto {
  @OptionalField('company')
  readonly company?: string;

  @OptionalField('id')
  readonly orderId?: string;

  @Field('money')
  readonly amount!: MoneyDto;

  @OptionalField('date')
  readonly orderDate?: string;

  @OptionalField('date')
  readonly shipBy?: string;

  @OptionalField('terms')
  readonly terms?: string;

  @OptionalFreeList(1_000)
  readonly lines?: readonly object[];

  @OptionalField('enforcement')
  readonly enforcement?: string;
}

export class ChangeOrderDto {
  @OptionalField('company')
  readonly company?: string;

  @OptionalField('id')
  readonly orderId?: string;

  @OptionalField('money')
  readonly amount?: MoneyDto;

  @OptionalField('date')
  readonly shipBy?: string;

  @OptionalField('terms')
  readonly terms?: string;

  @OptionalField('date')
  readonly changedOn?: string;

  @OptionalField('enforcement')
  readonly enforcement?: string;
}

export class CancelOrderDto {
  @OptionalField('company')
  readonly company?: string;

  @OptionalField('id')
  readonly orderId?: string;

  @OptionalField('text')
  readonly reason?: string;

  @OptionalField('date')
  readonly cancelledOn?: string;
}

export class CloseOrderDto {
  @OptionalField('company')
  readonly company?: string;

  @OptionalField('id')
  readonly orderId?: string;

  @OptionalField('text')
  readonly reason?: string;

  @OptionalField('date')
  readonly closedOn?: string;
}

export class ShipOrderDto {
  @OptionalField('company')
  readonly company?: string;

  @Field('id')
  readonly shipmentId!: string;

  @OptionalField('id')
  readonly orderId?: string;

  @Field('money')
  readonly amount!: MoneyDto;

  @OptionalField('date')
  readonly shippedOn?: string;
}

/** An authorisation: of the order's amount and without expiry, unless said otherwise. */
export class ReleaseOrderDto {
  @OptionalField('company')
  readonly company?: string;

  @OptionalField('id')
  readonly orderId?: string;

  @Field('text')
  readonly reason!: string;

  @OptionalField('money')
  readonly amount?: MoneyDto;

  @OptionalField('date')
  readonly expiresOn?: string;
}

export class RejectOrderDto {
  @OptionalField('company')
  readonly company?: string;

  @OptionalField('id')
  readonly orderId?: string;

  @Field('text')
  readonly reason!: string;
}
