import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addHashes, subtractHashes } from '../../../engine/tuples/add-hashes.ts';
import { encoderOf } from '../../../engine/tuples/encode-value.ts';
import { hashTuples, type HashedTuples, type HashTuplesInput } from '../../../engine/tuples/hash-tuples.ts';
import { writeTuples } from '../../../engine/tuples/write-tuples.ts';
import { siphashReference } from './siphash-reference.ts';

type Row = readonly (Buffer | null)[];
const KEY = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const ZERO = '0'.repeat(32);

const field = fc.option(
  fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 3 })).map((bytes) => Buffer.from(bytes)),
  { nil: null, freq: 3 },
);
const table = fc.integer({ min: 0, max: 7 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(fc.array(field, { minLength: columns, maxLength: columns }), { maxLength: 20 }),
    cuts: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 }),
    key: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
  }),
);

test('every row gets the hash that the plain reference gives, wherever the chunks are cut', () => {
  fc.assert(
    fc.property(table, ({ columns, rows, cuts, key }) => {
      const hashed = run(cut(streamOf(columns, rows), cuts), { key, columns, mode: 'append' });
      expect(hashed.output).toEqual(
        streamOf(
          columns + 1,
          rows.map((row) => [...row, hashOf(row, key)]),
        ),
      );
      const sum = rows.reduce((total, row) => addHashes(total, hashOf(row, key).toString('hex')), ZERO);
      expect(hashed.end).toMatchObject({ rows: BigInt(rows.length), hash: sum, mismatches: 0n });
      expect(hashed.end.bytes).toBe(BigInt(streamOf(columns, rows).length));
      const checked = run(cut(hashed.output, cuts.toReversed()), { key, columns, mode: 'check' });
      expect(checked.output.length).toBe(0);
      expect(checked.end).toMatchObject({ rows: BigInt(rows.length), hash: sum, mismatches: 0n });
    }),
    { numRuns: 300 },
  );
});

test('a header with an extension and harmless flags is passed on', () => {
  const stream = streamOf(1, [[Buffer.of(1)]]);
  const header = Buffer.concat([stream.subarray(0, 11), Buffer.from('0000123400000003616263', 'hex')]);
  for (const cuts of [[1], [7], [1000]]) {
    const hashed = run(cut(Buffer.concat([header, stream.subarray(19)]), cuts), { columns: 1, mode: 'append' });
    expect(hashed.output.subarray(0, header.length)).toEqual(header);
    expect(hashed.end.rows).toBe(1n);
  }
});

test('nulls at the end do not change a hash, so that a column may be added; a null before a value does', () => {
  const [a, b] = [Buffer.from('a'), Buffer.from('b')];
  expect(hash([[a]], 1)).toBe(hash([[a, null, null]], 3));
  expect(hash([[null]], 1)).toBe(siphashReference(KEY, Buffer.alloc(0)).toString('hex'));
  expect(hash([[a, null, b]], 3)).not.toBe(hash([[a, b, null]], 3));
  expect(hash([[Buffer.alloc(0)]], 1)).not.toBe(hash([[null]], 1));
});

describe('controls: the sum of hashes tells apart', () => {
  const rows: Row[] = [
    [Buffer.from('ab'), Buffer.from('c')],
    [Buffer.from('x'), null],
  ];
  const before = hash(rows, 2);
  test.each<readonly [string, Row[]]>([
    ['a flipped bit', [[Buffer.from('ab'), Buffer.from('b')], rows[1]!]],
    ['values swapped between columns', [[Buffer.from('c'), Buffer.from('ab')], rows[1]!]],
    ['a byte that moved to the next column', [[Buffer.from('a'), Buffer.from('bc')], rows[1]!]],
    ['a row that came twice', [...rows, rows[1]!]],
    ['a row that is missing', [rows[0]!]],
    [
      'a value that went over to another row',
      [
        [Buffer.from('x'), Buffer.from('c')],
        [Buffer.from('ab'), null],
      ],
    ],
  ])('%s', (_name, changed) => {
    expect(hash(changed, 2)).not.toBe(before);
  });
  test('another key', () => {
    expect(run([streamOf(2, rows)], { key: Buffer.alloc(16, 1), columns: 2, mode: 'append' }).end.hash).not.toBe(
      before,
    );
  });
  test('but not another order of the rows', () => {
    expect(hash(rows.toReversed(), 2)).toBe(before);
  });
});

describe('rows that do not have their own hash', () => {
  const rows: Row[] = Array.from({ length: 40 }, (_, at) => [
    Buffer.from(`row ${at}`),
    at % 3 === 0 ? null : Buffer.of(at),
  ]);
  const hashed = rows.map((row) => [...row, hashOf(row, KEY)]);

  test.each<readonly [string, Row]>([
    ['a changed value', [Buffer.from('row X'), hashed[5]![1]!, hashed[5]![2]!]],
    ['a value that became null', [null, hashed[5]![1]!, hashed[5]![2]!]],
    ['a changed hash', [...rows[5]!, Buffer.alloc(16)]],
    [
      'a hash changed in its last bit',
      [...rows[5]!, Buffer.concat([hashed[5]![2]!.subarray(0, 15), Buffer.of(hashed[5]![2]![15]! ^ 1)])],
    ],
    ['no hash', [...rows[5]!, null]],
    ['a hash cut short', [...rows[5]!, hashed[5]![2]!.subarray(0, 15)]],
    ['an empty hash', [...rows[5]!, Buffer.alloc(0)]],
  ])('are counted and told: %s', (_name, changed) => {
    const stream = streamOf(3, hashed.with(5, changed as (Buffer | null)[]));
    for (const cuts of [[3], [100_000]]) {
      const told: Row[] = [];
      const { end } = run(cut(stream, cuts), { columns: 2, mode: 'check', onMismatch: (row) => told.push(row) });
      expect(end).toMatchObject({ rows: 40n, mismatches: 1n });
      expect(told).toEqual([changed]);
      expect(run(cut(stream, cuts), { columns: 2, mode: 'check' }).end).toEqual(end);
    }
  });

  test('are told in their order when many follow each other', () => {
    const told: Row[] = [];
    const stripped = rows.map((row) => [...row, null]);
    const { end } = run([streamOf(3, stripped)], { columns: 2, mode: 'check', onMismatch: (row) => told.push(row) });
    expect(end.mismatches).toBe(40n);
    expect(told).toEqual(stripped);
  });
});

test('rows larger than any buffer are hashed and checked, between small ones and in chunks of any size', () => {
  const large = (bytes: number): Buffer => Buffer.alloc(bytes, 'abcdefgh1');
  // The module's output has room for 262144 bytes; around it each way of putting a row out must meet the other.
  const sizes = [
    1,
    5,
    262_144,
    262_143 - 2 - 4 - 20,
    262_144 - 2 - 4 - 20,
    262_144 - 2 - 4 - 19,
    10,
    3_000_000,
    200_000,
    100_000,
    9,
  ];
  const rows = sizes.map((size) => [large(size)]);
  const stream = streamOf(1, rows);
  const expected = streamOf(
    2,
    rows.map((row) => [...row, hashOf(row, KEY)]),
  );
  for (const cuts of [[65_536], [1_000_003], [100_000_000], [262_144], [7919]]) {
    const { output, end } = run(cut(stream, cuts), { columns: 1, mode: 'append' });
    expect(output.equals(expected)).toBe(true);
    expect(end.rows).toBe(BigInt(rows.length));
    expect(run(cut(expected, cuts), { columns: 1, mode: 'check' }).end).toMatchObject({
      mismatches: 0n,
      hash: end.hash,
    });
  }
});

test('a row with more columns than a chunk has bytes is walked through once it is there', () => {
  const row = Array.from({ length: 1600 }, (_, at) => (at % 5 === 0 ? null : Buffer.from(String(at))));
  const { output } = run(cut(streamOf(1600, [row, row]), [11]), { columns: 1600, mode: 'append' });
  expect(output).toEqual(
    streamOf(
      1601,
      [row, row].map((each) => [...each, hashOf(each, KEY)]),
    ),
  );
});

describe('a stream that is not whole is refused', () => {
  const good = streamOf(2, [[Buffer.from('a'), null]]);
  const body = Buffer.from('0002000000016100', 'hex');
  const header = good.subarray(0, 19);
  test.each<readonly [string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'cut off'],
    ['half a header', good.subarray(0, 15), 'cut off'],
    ['no trailer', good.subarray(0, -2), 'cut off'],
    ['half a trailer', good.subarray(0, -1), 'cut off'],
    ['half a row', good.subarray(0, 24), 'cut off'],
    ['a byte after the trailer', Buffer.concat([good, Buffer.of(0)]), 'after its end'],
    ['a second stream', Buffer.concat([good, good]), 'after its end'],
    ['another format', Buffer.from('id,name\n1,x\n'), 'does not begin'],
    [
      'object ids',
      Buffer.concat([good.subarray(0, 11), Buffer.from('00010000', 'hex'), good.subarray(15)]),
      'object ids',
    ],
    [
      'flags unknown',
      Buffer.concat([good.subarray(0, 11), Buffer.from('80000000', 'hex'), good.subarray(15)]),
      'unknown flags',
    ],
    [
      'a header below zero',
      Buffer.concat([good.subarray(0, 15), Buffer.from('ffffffff', 'hex'), good.subarray(19)]),
      'no sensible length',
    ],
    [
      'a header without end',
      Buffer.concat([good.subarray(0, 15), Buffer.from('7fffffff', 'hex')]),
      'no sensible length',
    ],
    ['a field too few', streamOf(1, [[null]]), 'row 1 has not 2 fields'],
    ['a field too many', streamOf(3, [[null, null, null]]), 'row 1 has not 2 fields'],
    ['a field count below -1', Buffer.concat([header, Buffer.from('fffe', 'hex')]), 'row 1 has not 2 fields'],
    ['a length below -1', Buffer.concat([header, Buffer.from('0002fffffffe', 'hex'), body]), 'without a length'],
    ['a row larger than memory', Buffer.concat([header, Buffer.from('00027fffffff', 'hex'), body]), '1 GiB'],
  ])('%s', (_name, stream, message) => {
    for (const cuts of [[1], [19], [100_000]]) {
      expect(() => run(cut(stream, cuts), { columns: 2, mode: 'append' })).toThrow(message);
    }
    if (message === '1 GiB') return;
    const rows = hashTuples({ key: KEY, columns: 1, totals: [], kinds: [], mode: 'check' });
    expect(() => {
      for (const chunk of cut(stream, [5])) rows.push(chunk);
      rows.end();
    }).toThrow(/one whole stream|has not 2 fields/);
  });
});

test('a total that is not the number it says is refused', () => {
  const refused = (kind: HashTuplesInput['kinds'][number], hex: string): void => {
    const stream = streamOf(1, [[Buffer.from(hex, 'hex')]]);
    expect(() => run([stream], { columns: 1, mode: 'append', totals: [0], kinds: [kind] }), `${kind} ${hex}`).toThrow(
      'row 1 has a control total that is not the number it says',
    );
  };
  refused('int4', '00');
  refused('int8', '00000001');
  refused('int2', '');
  refused('numeric', '');
  refused('numeric', '0001000000000000');
  refused('numeric', '00010000000000002710');
  refused('numeric', '00010000100000000001');
  refused('numeric', '0000000000004000');
  refused('numeric', '0000000080000000');
  // 0.0001 that calls itself a number of two decimals.
  refused('numeric', '0001ffff000000020001');
  refused('numeric', '0001efff00003fff0001');
});

test('what is asked for wrongly is refused at once', () => {
  const ask = (wrong: Partial<HashTuplesInput>) => () =>
    hashTuples({ key: KEY, columns: 2, totals: [], kinds: [], mode: 'append', ...wrong });
  expect(ask({ key: Buffer.alloc(15) })).toThrow(RangeError);
  expect(ask({ columns: 32_767 })).toThrow(RangeError);
  expect(ask({ totals: [2], kinds: ['int4'] })).toThrow(RangeError);
  expect(ask({ totals: [1], kinds: [] })).toThrow(RangeError);
});

test('integers are added up past 64 bits, and columns may be in any order and doubled', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
          fc.option(fc.integer()),
          fc.option(fc.integer({ min: -32_768, max: 32_767 })),
        ),
      ),
      (values) => {
        const encoders = [encoderOf('bigint'), encoderOf('integer'), encoderOf('smallint')];
        const rows = values.map((row) =>
          row.map((value, at) => (value === null ? null : encoders[at]!(String(value))!)),
        );
        const { end } = run(cut(streamOf(3, rows), [50]), {
          columns: 3,
          mode: 'append',
          totals: [2, 0, 1, 0],
          kinds: ['int2', 'int8', 'int4', 'int8'],
        });
        const sum = (at: number): string | null => {
          const all = values.map((row) => row[at]).filter((value) => value !== null && value !== undefined);
          return all.length === 0 ? null : all.reduce<bigint>((total, value) => total + BigInt(value), 0n).toString();
        };
        expect(end.totals).toEqual([sum(2), sum(0), sum(1), sum(0)]);
      },
    ),
  );
});

test('two streams at once do not mix', () => {
  const [a, b] = [streamOf(1, [[Buffer.from('a')]]), streamOf(1, [[Buffer.from('b')]])];
  const hashing = [a, b].map(() => hashTuples({ key: KEY, columns: 1, totals: [], kinds: [], mode: 'append' }));
  for (let at = 0; at < a.length; at++) {
    hashing[0]!.push(a.subarray(at, at + 1));
    hashing[1]!.push(b.subarray(at, at + 1));
  }
  expect(hashing.map((each) => each.end().hash)).toEqual([
    hash([[Buffer.from('a')]], 1),
    hash([[Buffer.from('b')]], 1),
  ]);
});

test('a chunk may be written anew once it was taken', () => {
  const stream = streamOf(1, [[Buffer.from('abc')], [Buffer.from('d')]]);
  const hashing = hashTuples({ key: KEY, columns: 1, totals: [], kinds: [], mode: 'append' });
  const output = cut(stream, [3]).map((part) => {
    const chunk = Buffer.from(part);
    const put = Buffer.from(hashing.push(chunk));
    chunk.fill(0xee);
    return put;
  });
  expect(Buffer.concat(output)).toEqual(run([stream], { columns: 1, mode: 'append' }).output);
});

test('hashes are added and subtracted modulo 2^128', () => {
  const most = 'f'.repeat(32);
  expect(addHashes(most, `${'0'.repeat(31)}1`)).toBe(ZERO);
  expect(subtractHashes(ZERO, `${'0'.repeat(31)}1`)).toBe(most);
  expect(() => addHashes(ZERO, 'FF')).toThrow(TypeError);
  const hex = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value) => value.toString(16).padStart(32, '0'));
  fc.assert(fc.property(hex, hex, (a, b) => subtractHashes(addHashes(a, b), b) === a));
});

function streamOf(columns: number, rows: readonly Row[]): Buffer {
  const writer = writeTuples(columns);
  for (const row of rows) writer.add(row);
  return writer.end();
}

/** Cut into pieces of these lengths, over and over. */
function cut(stream: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const length = lengths[turn % lengths.length]!;
    chunks.push(stream.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

function run(
  chunks: readonly Buffer[],
  input: Partial<HashTuplesInput> & Pick<HashTuplesInput, 'columns' | 'mode'>,
): { readonly output: Buffer; readonly end: HashedTuples } {
  const hashing = hashTuples({ key: KEY, totals: [], kinds: [], ...input });
  const output = Buffer.concat(chunks.map((chunk) => Buffer.from(hashing.push(chunk))));
  const end = hashing.end();
  expect(BigInt(hashing.rows())).toBe(end.rows);
  return { output, end };
}

function hash(rows: readonly Row[], columns: number): string {
  return run([streamOf(columns, rows)], { columns, mode: 'append' }).end.hash;
}

/** By the definition: fields with their lengths, up to the last that is not null. */
function hashOf(row: Row, key: Buffer): Buffer {
  const parts = row.slice(0, row.findLastIndex((value) => value !== null) + 1).map((value) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : value.length);
    return Buffer.concat([length, value ?? Buffer.alloc(0)]);
  });
  return siphashReference(key, Buffer.concat(parts));
}
