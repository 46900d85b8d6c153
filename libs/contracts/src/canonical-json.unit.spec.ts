import fc from 'fast-check';
import { canonicalJson, sha256Hex } from './canonical-json';

describe('canonical JSON', () => {
  it('sorts keys by UTF-16 code unit at every depth, keys that look like numbers too', () => {
    const value = { b: 1, a: { '10': 'x', '9': 'y', é: 0, z: 0 }, '\ud83d\ude00': 1, '\ufb33': 2 };
    expect(canonicalJson(value)).toBe('{"a":{"10":"x","9":"y","z":0,"é":0},"b":1,"😀":1,"\ufb33":2}');
  });

  it('leaves out what is undefined and keeps null', () => {
    expect(canonicalJson({ a: undefined, b: null, c: [undefined, 1] })).toBe('{"b":null,"c":[null,1]}');
  });

  it('escapes as JSON does', () => {
    const text = 'a"b\\c\u0000\u001f\u007f\u2028\ud800 é 😀';
    expect(canonicalJson({ text })).toBe(`{"text":${JSON.stringify(text)}}`);
  });

  it('is the same text after any round trip through JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value);
        const again: unknown = JSON.parse(text);
        expect(canonicalJson(again)).toBe(text);
        expect(again).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('hashes the bytes of UTF-8', () => {
    expect(sha256Hex('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
  });
});
