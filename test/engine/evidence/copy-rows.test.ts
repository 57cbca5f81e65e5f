import fc from 'fast-check';
import { expect, test } from 'vitest';
import { copyRows } from '../../../engine/evidence/copy-rows.ts';
import { catchError } from '../../setup/catch-error.ts';

async function split(...chunks: readonly string[]): Promise<string[]> {
  const feed = async function* (): AsyncIterable<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk, 'latin1'));
  };
  const rows: string[] = [];
  for await (const batch of copyRows(feed())) rows.push(...batch.map((row) => row.toString('latin1')));
  return rows;
}

test('rows come without their line end, empty ones too', async () => {
  expect(await split('1\ta\n\n2\tb\n')).toEqual(['1\ta', '', '2\tb']);
  expect(await split()).toEqual([]);
});

test('a row cut by one or several chunk borders is one row', async () => {
  expect(await split('1\t', 'a', '', 'b\n2', '\n', '3\n')).toEqual(['1\tab', '2', '3']);
});

test('where the chunks are cut makes no difference', async () => {
  const text = fc
    .array(fc.string({ unit: fc.constantFrom('a', '\t', '\\', 'é') }))
    .map((rows) => rows.map((row) => `${row}\n`).join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat({ max: 60 })), async (whole, cuts) => {
      const borders = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).toSorted((a, b) => a - b), whole.length];
      const chunks = borders.slice(1).map((end, at) => whole.slice(borders[at], end));
      expect(await split(...chunks)).toEqual(whole.split('\n').slice(0, -1));
    }),
  );
});

test('text that ends inside a row is refused', async () => {
  expect((await catchError(() => split('1\n2'))).message).toBe('COPY text ended inside a row');
});
