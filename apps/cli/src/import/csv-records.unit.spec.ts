import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CsvFormat } from './mapping/mapping';
import { readCsvRecords, type CsvRecord } from './csv-records';
import { MAX_LINE_BYTES, readLines } from './lines';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'duestream-csv-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function records(content: string | Buffer, options: CsvFormat = {}): Promise<readonly CsvRecord[]> {
  const file = path.join(folder, 'file.csv');
  writeFileSync(file, content);
  const all: CsvRecord[] = [];
  for await (const group of readCsvRecords(file, options)) all.push(...group);
  return all;
}

describe('readCsvRecords', () => {
  it.each([
    ['with line feeds', 'a,b\n1,2\n'],
    ['with carriage returns', 'a,b\r\n1,2\r\n'],
    ['with a byte order mark', '\ufeffa,b\n1,2\n'],
    ['without a last line end', 'a,b\n1,2'],
  ])('reads a file %s', async (_, content) => {
    expect(await records(content)).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', '2'] },
    ]);
  });

  it('finds nothing in an empty file', async () => {
    expect(await records('')).toEqual([]);
    expect(await records('\n\r\n')).toEqual([]);
  });

  it('numbers records by the line on which they begin, blank lines and lines in quotes counted', async () => {
    expect(await records('a,b\n\n"x\n\ny",2\n3,4')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 3, cells: ['x\n\ny', '2'] },
      { line: 6, cells: ['3', '4'] },
    ]);
  });

  it('reads quotes, and delimiters and quotes within them', async () => {
    expect(await records('"a;b";"say ""hi"""\n', { delimiter: ';' })).toEqual([
      { line: 1, cells: ['a;b', 'say "hi"'] },
    ]);
  });

  it('reads another encoding', async () => {
    expect(await records(Buffer.from('M\xfcller,1\n', 'latin1'), { encoding: 'windows-1252' })).toEqual([
      { line: 1, cells: ['Müller', '1'] },
    ]);
  });

  it.each(['"bad"q,2', '5" pipe,2', '"open,2'])('reports %s by its line and goes on with the next', async (bad) => {
    const all = await records(`a,b\n${bad}\n3,4\n5,6\n`);
    expect(all).toHaveLength(4);
    expect(all[1]).toEqual({ line: 2, problem: 'a quote stands where none may, or is not closed' });
    expect(all.slice(2)).toEqual([
      { line: 3, cells: ['3', '4'] },
      { line: 4, cells: ['5', '6'] },
    ]);
  });

  it('lets an open quote cost one line, not the lines up to the next quote', async () => {
    const all = await records('a,b\n"open,2\n3,4\n"5",6\n');
    expect(all.map((record) => ('cells' in record ? record.cells.join() : record.line))).toEqual([
      'a,b',
      2,
      '3,4',
      '5,6',
    ]);
  });

  describe('lets a stray quote cost one line, not the records of several lines after it', () => {
    const shown = (all: readonly CsvRecord[]) => all.map((record) => ('cells' in record ? record.cells : record.line));

    it('when it pairs up with the quote that opens the next one', async () => {
      const all = await records('a,b\n5" pipe,1\n"note\ntwo",2\n3,4\n');
      expect(shown(all)).toEqual([['a', 'b'], 2, ['note\ntwo', '2'], ['3', '4']]);
      expect(all.map(({ line }) => line)).toEqual([1, 2, 3, 5]);
    });

    it('when lines stand between', async () => {
      const all = await records('a,b\n5" pipe,1\n6,7\n"one\ntwo\nthree",2\n3,4\n"five\nsix",5\n');
      expect(shown(all)).toEqual([['a', 'b'], 2, ['6', '7'], ['one\ntwo\nthree', '2'], ['3', '4'], ['five\nsix', '5']]);
    });

    it('when there are many of them', async () => {
      const bad = Array.from({ length: 500 }, (_, n) => `${n}" pipe,1\n"note\n${n}",2`).join('\n');
      const all = await records(`${bad}\n`);
      expect(shown(all)).toEqual(Array.from({ length: 500 }, (_, n) => [3 * n + 1, [`note\n${n}`, '2']]).flat());
    });

    it('when the file ends there', async () => {
      expect(shown(await records('5" pipe,1\n"note\ntwo",2'))).toEqual([1, ['note\ntwo', '2']]);
      expect(shown(await records('"note\ntwo",2\n5" pipe,1'))).toEqual([['note\ntwo', '2'], 3]);
    });
  });

  it('reports bytes that are not UTF-8 by their line', async () => {
    const all = await records(
      Buffer.concat([Buffer.from('a,b\n'), Buffer.from([0xff, 0x2c, 0x31, 0x0a]), Buffer.from('3,4\n')]),
    );
    expect(all[1]).toEqual({ line: 2, problem: 'the line is not valid UTF-8' });
    expect(all[2]).toEqual({ line: 3, cells: ['3', '4'] });
  });

  it('says that UTF-16 is not read', async () => {
    await expect(records(Buffer.from('\ufeffa,b', 'utf16le'))).rejects.toThrow(/UTF-16/);
  });

  it('keeps the order over many reads of a large file', async () => {
    const content = Array.from({ length: 50_000 }, (_, index) => `row ${index},"a\nb"`).join('\n');
    const all = await records(content);
    expect(all).toHaveLength(50_000);
    expect(
      all.every(
        (record, index) => record.line === 2 * index + 1 && 'cells' in record && record.cells[0] === `row ${index}`,
      ),
    ).toBe(true);
  });
});

describe('readLines', () => {
  it('refuses a line that is too long without keeping it, and goes on', async () => {
    const file = path.join(folder, 'long');
    writeFileSync(file, `1\n${'x'.repeat(3 * MAX_LINE_BYTES)}\n3`);
    const numbers: (number | string)[] = [];
    for await (const { lines } of readLines(file)) {
      for (const line of lines) numbers.push('text' in line ? line.text : line.number);
    }
    expect(numbers).toEqual(['1', 2, '3']);
  });

  it('says which file cannot be read', async () => {
    const read = async () => {
      for await (const _ of readLines(path.join(folder, 'none'))) continue;
    };
    await expect(read()).rejects.toThrow(/cannot read .*none/);
  });
});
