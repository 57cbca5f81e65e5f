import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countRecords } from '../../../engine/connectors/count-records.ts';

function count(...chunks: string[]) {
  const counter = countRecords();
  for (const chunk of chunks) counter.add(Buffer.from(chunk));
  return counter.end();
}

test('a line end inside quotes ends a line and no record', () => {
  expect(count('a,b\n"1\n1",2\n3,4\n')).toEqual({ records: 3n, lines: 4, endsWithLineEnd: true });
});

test('a doubled quote does not end a quoted field', () => {
  expect(count('a\n"x""\ny"\n')).toEqual({ records: 2n, lines: 3, endsWithLineEnd: true });
});

test('a last line without its end is counted and told', () => {
  expect(count('a\n1')).toEqual({ records: 2n, lines: 2, endsWithLineEnd: false });
});

test('nothing is no record', () => {
  expect(count()).toEqual({ records: 0n, lines: 0, endsWithLineEnd: false });
  expect(count('')).toEqual({ records: 0n, lines: 0, endsWithLineEnd: false });
});

test('where the chunks are cut makes no difference', () => {
  const text = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a') });
  fc.assert(
    fc.property(text, fc.nat(), (whole, at) => {
      const cut = at % (whole.length + 1);
      expect(count(whole.slice(0, cut), whole.slice(cut))).toEqual(count(whole));
    }),
  );
});

test('it makes no difference how far quotes and line ends are apart', () => {
  const line = fc.tuple(
    fc.constantFrom('', 'x', '"', '""', '"\n"', 'y'.repeat(200)),
    fc.constantFrom('', 'z'.repeat(60)),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 300 }), (lines) => {
      const text = lines.map((parts) => `${parts.join('')}\n`).join('');
      const quotesBefore = (at: number): number => text.slice(0, at).split('"').length - 1;
      const ends = [...text.matchAll(/\n/g)].map(({ index }) => index);
      const expected = ends.filter((at) => quotesBefore(at) % 2 === 0).length;
      expect(count(text)).toMatchObject({ records: BigInt(expected), lines: ends.length });
    }),
    { numRuns: 60 },
  );
});
