import { MoneyDto } from '../money.dto';
import { DecisionView, DocumentRefView } from '../views';
import { NullablePart, Part, Text } from '../shown';

export class HoldItemView {
  @Text()
  readonly accountId!: string;

  @Text()
  readonly company!: string;

  @Text()
  readonly orderId!: string;

  @Text()
  readonly orderDate!: string;

  @Part(MoneyDto)
  readonly amount!: MoneyDto;

  @Text()
  readonly heldAt!: string;

  @NullablePart(DecisionView)
  readonly decision!: DecisionView | null;
}

export class WaitingItemView {
  @Text()
  readonly accountId!: string;

  @Text()
  readonly messageType!: string;

  @Text()
  readonly messageSource!: string;

  @Text()
  readonly messageId!: string;

  @NullablePart(DocumentRefView)
  readonly document!: DocumentRefView | null;

  @Part(DocumentRefView)
  readonly waitingFor!: DocumentRefView;

  @Text()
  readonly since!: string;
}
