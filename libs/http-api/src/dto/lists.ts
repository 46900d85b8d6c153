import type { Type } from '@nestjs/common';

const lists = new Map<object, Map<string, Type<object>>>();

/** Notes that a field is a list of objects of a class. */
export function noteListOf(item: Type<object>): PropertyDecorator {
  return (prototype, name) => {
    const known = lists.get(prototype) ?? new Map<string, Type<object>>();
    lists.set(prototype, known.set(String(name), item));
  };
}

/** The fields of a class that are lists of objects, with the class of these. */
export function listsOf(dto: Type<object>): ReadonlyMap<string, Type<object>> {
  return lists.get(dto.prototype as object) ?? NO_LISTS;
}

const NO_LISTS: ReadonlyMap<string, Type<object>> = new Map();
