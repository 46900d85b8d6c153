import type { Personal } from './events';

/** `data` with its free text and names of persons moved to `personal`, where there are any. */
export function apart<T extends object>(data: T): Omit<T, keyof Personal> & { readonly personal?: Personal } {
  const { reason, reference, payer, ...rest }: T & { readonly [Field in keyof Personal]?: unknown } = data;
  if (reason === undefined && reference === undefined && payer === undefined) return rest;
  const given = Object.entries({ reason, reference, payer }).filter(([, value]) => value !== undefined);
  return { personal: Object.fromEntries(given), ...rest };
}
