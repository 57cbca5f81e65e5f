import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
export type ParquetLeaf = Omit<SchemaElement, 'name'>;
const INT = (bitWidth: number, isSigned: boolean): ParquetLeaf => ({
  type: bitWidth === 64 ? 'INT64' : 'INT32',
  logical_type: { type: 'INTEGER', bitWidth, isSigned },
});
export const TIMESTAMP = (unit: 'MILLIS' | 'MICROS' | 'NANOS', isAdjustedToUTC: boolean): ParquetLeaf => ({
  type: 'INT64',
  logical_type: { type: 'TIMESTAMP', isAdjustedToUTC, unit },
});

/** A raw value of a leaf, the type that it lands as, and its text there; or why it is refused. */
export const PARQUET_LEAVES: readonly (readonly [string, ParquetLeaf, unknown, string, string])[] = [
  ['boolean', { type: 'BOOLEAN' }, true, 'boolean', 'true'],
  ['int8', INT(8, true), -128, 'smallint', '-128'],
  ['uint8', INT(8, false), 255, 'smallint', '255'],
  ['uint16', INT(16, false), 65535, 'integer', '65535'],
  ['int32', { type: 'INT32' }, -2147483648, 'integer', '-2147483648'],
  ['uint32', INT(32, false), 4294967295, 'bigint', '4294967295'],
  ['int64', { type: 'INT64' }, -9223372036854775808n, 'bigint', '-9223372036854775808'],
  ['past a double', { type: 'INT64' }, 9007199254740993n, 'bigint', '9007199254740993'],
  [
    'uint64',
    { type: 'INT64', converted_type: 'UINT_64' },
    18446744073709551615n,
    'numeric(20,0)',
    '18446744073709551615',
  ],
  [
    'decimal in int32',
    { type: 'INT32', converted_type: 'DECIMAL', precision: 9, scale: 2 },
    -5n,
    'numeric(9,2)',
    '-0.05',
  ],
  [
    'decimal in int64',
    { type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 2 },
    999999999999999999n,
    'numeric(18,2)',
    '9999999999999999.99',
  ],
  [
    'decimal of 38 digits',
    { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, converted_type: 'DECIMAL', precision: 38, scale: 10 },
    -12345678901234567890123456789012345678n,
    'numeric(38,10)',
    '-1234567890123456789012345678.9012345678',
  ],
  ['float', { type: 'FLOAT' }, 0.10000000149011612, 'real', '0.1'],
  ['minus zero', { type: 'DOUBLE' }, -0, 'double precision', '-0'],
  ['double', { type: 'DOUBLE' }, 0.1 + 0.2, 'double precision', '0.30000000000000004'],
  ['not a number', { type: 'DOUBLE' }, NaN, 'double precision', 'NaN'],
  ['infinity', { type: 'FLOAT' }, -Infinity, 'real', '-Infinity'],
  ['half', { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2, logical_type: { type: 'FLOAT16' } }, 0.5, 'real', '0.5'],
  ['date', { type: 'INT32', converted_type: 'DATE' }, -719162, 'date', '0001-01-01'],
  ['late date', { type: 'INT32', converted_type: 'DATE' }, 2932896, 'date', '9999-12-31'],
  ['time', { type: 'INT32', converted_type: 'TIME_MILLIS' }, 86399999, 'time without time zone', '23:59:59.999'],
  [
    'time in microseconds',
    { type: 'INT64', converted_type: 'TIME_MICROS' },
    1n,
    'time without time zone',
    '00:00:00.000001',
  ],
  [
    'milliseconds',
    { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
    -1n,
    'timestamp with time zone',
    '1969-12-31 23:59:59.999+00',
  ],
  [
    'microseconds',
    TIMESTAMP('MICROS', false),
    253402300799999999n,
    'timestamp without time zone',
    '9999-12-31 23:59:59.999999',
  ],
  [
    'whole microseconds in nanoseconds',
    TIMESTAMP('NANOS', true),
    1704067200123456000n,
    'timestamp with time zone',
    '2024-01-01 00:00:00.123456+00',
  ],
  ['text', { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, 'é😀\n', 'text', 'é😀\n'],
  ['empty text', { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, '', 'text', ''],
  ['enum', { type: 'BYTE_ARRAY', converted_type: 'ENUM' }, Buffer.from('A'), 'text', 'A'],
  ['json', { type: 'BYTE_ARRAY', logical_type: { type: 'JSON' } }, Buffer.from('{"n": 1.00}'), 'json', '{"n": 1.00}'],
  ['bytes', { type: 'BYTE_ARRAY' }, hex('00ff'), 'bytea', '\\x00ff'],
  ['fixed bytes', { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2 }, hex('ff00'), 'bytea', '\\xff00'],
  [
    'uuid',
    { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } },
    '123e4567-e89b-12d3-a456-426614174000',
    'uuid',
    '123e4567-e89b-12d3-a456-426614174000',
  ],
];

/** A file of nullable columns, given as the raw values of their leaves. */
export function parquetFile(
  leaves: readonly (readonly [string, ParquetLeaf, readonly unknown[]])[],
  options: object = {},
): Buffer {
  const schema: SchemaElement[] = [
    { name: 'root', num_children: leaves.length },
    ...leaves.map(([name, leaf]): SchemaElement => ({ ...leaf, name, repetition_type: 'OPTIONAL' })),
  ];
  const columnData = leaves.map(([name, , data]) => ({ name, data: data as unknown[] }));
  return Buffer.from(
    parquetWriteBuffer({ columnData, schema, ...options } as Parameters<typeof parquetWriteBuffer>[0]),
  );
}
