import type { EntitySchemaColumnOptions } from 'typeorm';

/** Column shapes of the read models. Amounts are `numeric` with the currency's decimals: exact, and readable in SQL. */
type Column = EntitySchemaColumnOptions;

export const text = (name: string): Column => ({ name, type: 'text' });
export const optionalText = (name: string): Column => ({ name, type: 'text', nullable: true });
export const key = (name: string): Column => ({ name, type: 'text', primary: true });
export const keyNumber = (name: string): Column => ({ name, type: 'integer', primary: true });
export const whole = (name: string): Column => ({ name, type: 'integer' });
export const optionalWhole = (name: string): Column => ({ name, type: 'integer', nullable: true });
export const flag = (name: string): Column => ({ name, type: 'boolean' });
export const amount = (name: string): Column => ({ name, type: 'numeric' });
export const optionalAmount = (name: string): Column => ({ name, type: 'numeric', nullable: true });
export const amounts = (name: string): Column => ({ name, type: 'numeric', array: true });
export const day = (name: string): Column => ({ name, type: 'date' });
export const optionalDay = (name: string): Column => ({ name, type: 'date', nullable: true });
export const days = (name: string): Column => ({ name, type: 'date', array: true });
export const instant = (name: string): Column => ({ name, type: 'timestamptz', precision: 3 });
export const optionalInstant = (name: string): Column => ({ name, type: 'timestamptz', precision: 3, nullable: true });
/** The number that an event has in the order in which this model took it: what a cursor is pinned to. */
export const sequence = (name: string): Column => ({ name, type: 'bigint' });
export const optionalSequence = (name: string): Column => ({ name, type: 'bigint', nullable: true });
