/** Jest's matchers without their `any`. */
export const ANY_TEXT: unknown = expect.any(String);
export const ANY_NUMBER: unknown = expect.any(Number);
export const ANY_LIST: unknown = expect.any(Array);
export const containing = (text: string): unknown => expect.stringContaining(text);
