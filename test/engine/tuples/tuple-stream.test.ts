import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTuples } from '../../../engine/tuples/read-tuples.ts';
import { writeTuples } from '../../../engine/tuples/write-tuples.ts';

type Row = readonly (Uint8Array | null)[];

const field = fc.option(fc.uint8Array({ maxLength: 60 }), { nil: null });
const table = fc.integer({ min: 0, max: 6 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(fc.array(field, { minLength: columns, maxLength: columns }), { maxLength: 20 }),
    takeEvery: fc.integer({ min: 1, max: 5 }),
    cut: fc.integer({ min: 1, max: 200 }),
  }),
);

test('rows are read as they were written, wherever the stream is taken and cut', async () => {
  await fc.assert(
    fc.asyncProperty(table, async ({ columns, rows, takeEvery, cut }) => {
      const writer = writeTuples(columns);
      const parts: Buffer[] = [];
      for (const [at, row] of rows.entries()) {
        writer.add(row);
        if (at % takeEvery === 0) {
          const pending = writer.pendingBytes();
          parts.push(writer.take());
          expect(parts.at(-1)?.length).toBe(pending);
        }
      }
      parts.push(writer.end());
      expect(await read(cutUp(Buffer.concat(parts), cut))).toEqual(rows.map((row) => row.map(asBuffer)));
    }),
    { numRuns: 300 },
  );
});

test('what was taken is not written over by what is added later', () => {
  const writer = writeTuples(1);
  writer.add([Buffer.from('first')]);
  const taken = writer.take();
  const before = Buffer.from(taken);
  for (let row = 0; row < 1000; row++) writer.add([Buffer.alloc(300, 0xee)]);
  writer.end();
  expect(taken).toEqual(before);
});

test('a large value is written and read whole', async () => {
  const large = Buffer.alloc(5_000_000, 'xyz');
  const writer = writeTuples(2);
  writer.add([large, Buffer.of(1)]);
  writer.add([null, large]);
  const [first, second] = await read(cutUp(writer.end(), 65_536));
  expect(first?.[0]?.equals(large)).toBe(true);
  expect(first?.[1]).toEqual(Buffer.of(1));
  expect(second?.[0]).toBe(null);
  expect(second?.[1]?.equals(large)).toBe(true);
});

test('a batch comes with each chunk, not at the end', async () => {
  const writer = writeTuples(1);
  writer.add([Buffer.of(1)]);
  const first = writer.take();
  writer.add([Buffer.of(2)]);
  const batches: number[] = [];
  for await (const rows of readTuples(of([first, writer.end()]))) batches.push(rows.length);
  expect(batches).toEqual([1, 1]);
});

test('a row of another width is refused by the writer', () => {
  const writer = writeTuples(2);
  expect(() => writer.add([null])).toThrow(RangeError);
  expect(() => writeTuples(-1)).toThrow(RangeError);
  expect(() => writeTuples(32_768)).toThrow(RangeError);
});

test('no rows are a header and a trailer', async () => {
  const stream = writeTuples(3).end();
  expect(stream.toString('hex')).toBe('5047434f50590aff0d0a000000000000000000ffff');
  expect(await read([stream])).toEqual([]);
});

describe('a stream that is not whole is refused', () => {
  const writer = writeTuples(1);
  writer.add([Buffer.from('abc')]);
  const good = writer.end();
  test.each<readonly [string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'cut off'],
    ['half a header', good.subarray(0, 12), 'cut off'],
    ['no trailer', good.subarray(0, -2), 'cut off'],
    ['half a row', good.subarray(0, 25), 'cut off'],
    ['more after its end', Buffer.concat([good, Buffer.of(1)]), 'after its end'],
    ['another format', Buffer.from('1\tabc\n'), 'does not begin'],
    [
      'object ids',
      Buffer.concat([good.subarray(0, 11), Buffer.from('00010000', 'hex'), good.subarray(15)]),
      'object ids',
    ],
    ['a field count below -1', Buffer.concat([good.subarray(0, 19), Buffer.from('8000', 'hex')]), 'field count'],
    ['a length below -1', Buffer.concat([good.subarray(0, 19), Buffer.from('0001fffffffe', 'hex')]), 'no length'],
  ])('%s', async (_name, stream, message) => {
    for (const size of [1, 10, 1000]) await expect(read(cutUp(stream, size))).rejects.toThrow(message);
  });
});

async function read(chunks: readonly Buffer[]): Promise<(Buffer | null)[][]> {
  const rows: (Buffer | null)[][] = [];
  for await (const batch of readTuples(of(chunks))) rows.push(...batch);
  return rows;
}

async function* of(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

function cutUp(stream: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < stream.length; at += size) chunks.push(stream.subarray(at, at + size));
  return chunks;
}

function asBuffer(value: Row[number]): Buffer | null {
  return value === null ? null : Buffer.from(value);
}
