import fc from 'fast-check';
import { sha256Hex } from './canonical-json';
import { Utf8Writer } from './utf8-writer';

const anyText = fc.string({ unit: fc.oneof(fc.constantFrom('a', '"', '\\', '\n', 'é', '€', '😀'), fc.string()) });
const parts = fc.array(fc.record({ text: anyText, isQuoted: fc.boolean() }), { maxLength: 12 });

describe('a text put together as UTF-8', () => {
  it('is what its parts are joined, and has the hash of that', () => {
    const writer = new Utf8Writer();
    fc.assert(
      fc.property(parts, (written) => {
        writer.clear();
        const texts = written.map(({ text, isQuoted }) => {
          const before = writer.length;
          if (isQuoted) writer.quoted(text);
          else writer.text(text);
          const expected = isQuoted ? JSON.stringify(text) : text;
          expect(writer.textBetween(before, writer.length)).toBe(expected);
          return expected;
        });
        expect(writer.textBetween(0, writer.length)).toBe(texts.join(''));
        expect(writer.sha256Hex()).toBe(sha256Hex(texts.join('')));
      }),
    );
  });

  it('grows with what is written, whatever the characters take', () => {
    const writer = new Utf8Writer();
    const [plain, wide] = ['x'.repeat(70_000), '€'.repeat(70_000)];
    for (const text of [plain, wide, plain]) writer.quoted(text);
    expect(writer.textBetween(0, writer.length)).toBe(`"${plain}""${wide}""${plain}"`);
    writer.clear();
    writer.text('short');
    expect(writer.textBetween(0, writer.length)).toBe('short');
  });

  it('writes half a surrogate pair as JSON does', () => {
    const writer = new Utf8Writer();
    writer.quoted('a\ud800b');
    expect(writer.textBetween(0, writer.length)).toBe('"a\\ud800b"');
  });
});
