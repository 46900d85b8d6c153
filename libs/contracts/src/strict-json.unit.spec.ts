import { jsonFault, MAX_JSON_LEVELS } from './strict-json';

const faultOf = (text: string) => jsonFault(text, JSON.parse(text));
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('jsonFault', () => {
  it('finds none in what is deep, but not too deep', () => {
    expect(faultOf(`{"a":${nested(MAX_JSON_LEVELS)}}`)).toBeNull();
  });

  it.each([
    [`{"a":1,"b":${nested(MAX_JSON_LEVELS + 1)}}`, 'b'],
    [`{"data":{"x":1,"lines":${nested(MAX_JSON_LEVELS)}}}`, 'data.lines'],
    [`{"data":{"lines":[{"a":{"b":${nested(MAX_JSON_LEVELS)}}}]}}`, 'data.lines'],
    [nested(MAX_JSON_LEVELS + 2), ''],
  ])('names the member that is too deep: case %#', (text, field) => {
    expect(faultOf(text)).toMatchObject({ problem: { code: 'json.too-deep', field } });
  });

  it('reads a text of any depth without exhausting the stack', () => {
    expect(faultOf(`{"a":${nested(5_000)}}`)).toMatchObject({ path: ['a'] });
  });

  it.each([
    ['{"__proto__":1}', '__proto__'],
    ['{"data":{"lines":[{},{"__proto__":{"x":1}}]}}', 'data.lines[1].__proto__'],
    ['{"data":{"\\u005f_pr\\u006fto_\\u005F" :1}}', 'data.__proto__'],
  ])('names a key that could reach a prototype: %s', (text, field) => {
    expect(faultOf(text)).toMatchObject({ problem: { code: 'json.forbidden-key', field, expected: 'no such field' } });
  });

  it('lets the same name stand as a value', () => {
    expect(faultOf('{"a":"__proto__","b":["\\"__proto__\\":"]}')).toBeNull();
  });

  it('names a key that stands twice', () => {
    expect(faultOf('{"data":{"a":1,"a":2}}')).toMatchObject({
      path: ['data', 'a'],
      problem: { code: 'json.repeated-key', field: 'data.a', expected: 'it once' },
    });
  });
});
