import type { Personal } from './events';

const PERSONAL_FIELDS = ['reason', 'reference', 'payer'] as const satisfies readonly (keyof Personal)[];

/** `data` with its free text and names of persons moved to `personal`, where there are any. */
export function apart<T extends object>(data: T): Omit<T, keyof Personal> & { readonly personal?: Personal } {
  const personal: Record<string, unknown> = {};
  const rest = { ...data } as Record<string, unknown>;
  for (const field of PERSONAL_FIELDS) {
    if (rest[field] === undefined) continue;
    personal[field] = rest[field];
    delete rest[field];
  }
  const parted = Object.keys(personal).length === 0 ? rest : { ...rest, personal };
  return parted as unknown as Omit<T, keyof Personal> & { readonly personal?: Personal };
}
