import { ApiProperty } from '@nestjs/swagger';
import { fieldSchema } from '@duestream/contracts';

const { amount, currency } = { ...fieldSchema('money').properties, currency: fieldSchema('currency') };

/** Only described here: the field that holds it is checked by the contract's own rule. */
export class MoneyDto {
  @ApiProperty({ ...amount, type: String, example: '1250.00' })
  readonly amount!: string;

  @ApiProperty({ ...currency, type: String, example: 'EUR' })
  readonly currency!: string;
}
