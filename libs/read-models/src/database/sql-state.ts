import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';

/** The SQLSTATE of a failed statement, null for any other error. */
export function sqlStateOf(error: unknown): string | null {
  if (error instanceof DatabaseError) return error.code ?? null;
  if (!(error instanceof QueryFailedError)) return null;
  const driverError: unknown = error.driverError;
  const hasCode = typeof driverError === 'object' && driverError !== null && 'code' in driverError;
  return hasCode && typeof driverError.code === 'string' ? driverError.code : null;
}

export const UNDEFINED_TABLE = '42P01';
export const INSUFFICIENT_PRIVILEGE = '42501';
export const LOCK_NOT_AVAILABLE = '55P03';
export const UNIQUE_VIOLATION = '23505';
