import { ApiProperty } from '@nestjs/swagger';

/** Only described here: the field that holds it is checked by the contract's own rule. */
export class MoneyDto {
  @ApiProperty({ type: String, example: '1250.00', description: 'decimal, never more decimals than the currency has' })
  readonly amount!: string;

  @ApiProperty({ type: String, example: 'EUR', description: 'ISO 4217' })
  readonly currency!: string;
}
