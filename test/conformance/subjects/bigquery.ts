import { Connection } from '../../../engine/contracts/config.ts';
import { startBigquery } from '../../servers/bigquery.ts';
import type { EmulatorField } from '../../servers/bigquery.ts';
import type { ConformanceSubject, SubjectColumn, SubjectRow, TortureCase } from '../subject.ts';

const DATASET = 'erp';
const REFUSED = { refused: 'value' } as const;

/** BigQuery as its emulator has it. The types that the emulator lacks (BIGNUMERIC, GEOGRAPHY) are tested on the wire's form. */
export const bigquery: ConformanceSubject = {
  kind: 'bigquery',
  start: async (folder) => {
    const server = await startBigquery(folder);
    const columnsOf = new Map<string, readonly string[]>();

    const altered = new Set<string>();

    const insert = async (name: string, rows: readonly SubjectRow[]): Promise<void> => {
      const columns = columnsOf.get(name) ?? [];
      if (altered.has(name)) {
        // The streaming API of the emulator breaks on a table that was altered.
        for (const row of rows) {
          const values = columns.map((_, index) => sqlText(row[index] ?? null));
          await server.query(
            `insert into ${DATASET}.${name} (${columns.map(quote).join(', ')}) values (${values.join(', ')})`,
          );
        }
        return;
      }
      for (let at = 0; at < rows.length; at += BATCH) {
        const batch = rows.slice(at, at + BATCH);
        const records = batch.map((row) =>
          Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])),
        );
        await server.insert(DATASET, name, records);
      }
      await remember(name);
    };
    /** Only a statement makes the emulator keep the table's state for reads as of an instant; a streamed row does not. */
    const remember = async (name: string): Promise<void> => {
      await server.query(`delete from ${DATASET}.${name} where false`);
    };

    return {
      connection: Connection.parse({ type: 'bigquery', project: server.project, endpoint: server.endpoint }),
      can: {
        countsWhole: true,
        typed: true,
        emptyTables: true,
        maxColumns: 1_600,
        columnName: (name) => !/[!"$()*,./;?@[\\\]^`{}~]/.test(name),
      },
      create: async ({ name, columns }) => {
        columnsOf.set(
          name,
          columns.map((column) => column.name),
        );
        await server.createTable(DATASET, name, columns.map(fieldOf));
        await remember(name);
        return { name, schema: DATASET };
      },
      setRows: async (name, rows) => {
        await server.query(`delete from ${DATASET}.${name} where true`);
        await insert(name, rows);
      },
      insert,
      addColumn: async (name, column) => {
        columnsOf.set(name, [...(columnsOf.get(name) ?? []), column.name]);
        await server.query(`alter table ${DATASET}.${name} add column ${quote(column.name)} ${TYPES[column.type]}`);
        altered.add(name);
        await remember(name);
      },
      dropColumn: async (name, column) => {
        columnsOf.set(
          name,
          (columnsOf.get(name) ?? []).filter((each) => each !== column),
        );
        await server.query(`alter table ${DATASET}.${name} drop column ${quote(column)}`);
        altered.add(name);
        await remember(name);
      },
      torture: TORTURE,
      createTorture: async (name, given) => {
        const value = { ...FIELDS[given.type], name: 'value', type: FIELDS[given.type]?.type ?? given.type };
        await server.createTable(DATASET, name, [{ name: 'id', type: 'INT64' }, value]);
        await server.insert(DATASET, name, [{ id: '1', value: JSON.parse(given.given) as unknown }]);
        await remember(name);
        return { name, schema: DATASET, key: ['id'] };
      },
      stop: server.stop,
    };
  },
};

const BATCH = 5_000;

function quote(name: string): string {
  return `\`${name}\``;
}

/** The emulator casts a text to its column's type, as the cloud would not. */
function sqlText(value: string | null): string {
  return value === null ? 'null' : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

const TYPES: Readonly<Record<SubjectColumn['type'], string>> = {
  text: 'STRING',
  integer: 'INT64',
  bigint: 'INT64',
  numeric: 'NUMERIC',
  date: 'DATE',
  timestamp: 'DATETIME',
  boolean: 'BOOL',
};

function fieldOf({ name, type }: SubjectColumn): EmulatorField {
  return { name, type: TYPES[type] };
}

/** Of the cases whose type is more than a word. */
const FIELDS: Readonly<Record<string, Omit<EmulatorField, 'name'>>> = {
  'ARRAY<INT64>': { type: 'INT64', mode: 'REPEATED' },
  'ARRAY<STRING>': { type: 'STRING', mode: 'REPEATED' },
  'STRUCT<x INT64, y STRING>': {
    type: 'STRUCT',
    fields: [
      { name: 'x', type: 'INT64' },
      { name: 'y', type: 'STRING' },
    ],
  },
};

/** A value as the API's JSON is given it, and as Postgres prints what landed. */
function edge(type: string, given: unknown, landed: TortureCase['landed']): TortureCase {
  return { type, given: JSON.stringify(given), landed };
}

const TORTURE: readonly TortureCase[] = [
  edge('INT64', '9223372036854775807', '9223372036854775807'),
  edge('INT64', '-9223372036854775808', '-9223372036854775808'),
  edge('INT64', '9007199254740993', '9007199254740993'),
  edge('INT64', null, null),
  edge('NUMERIC', '99999999999999999999999999999.999999999', '99999999999999999999999999999.999999999'),
  edge('NUMERIC', '-99999999999999999999999999999.999999999', '-99999999999999999999999999999.999999999'),
  edge('NUMERIC', '0.000000001', '0.000000001'),
  edge('NUMERIC', '1.50', '1.500000000'),
  edge('FLOAT64', '0.1', '0.1'),
  edge('FLOAT64', '1.7976931348623157e308', '1.7976931348623157e+308'),
  edge('FLOAT64', '5e-324', '5e-324'),
  edge('FLOAT64', '123456789.123456789', '123456789.12345679'),
  edge('FLOAT64', '-0.0', '-0'),
  edge('FLOAT64', 'NaN', 'NaN'),
  edge('FLOAT64', 'Infinity', 'Infinity'),
  edge('FLOAT64', '-Infinity', '-Infinity'),
  edge('BOOL', true, 'true'),
  edge('BOOL', false, 'false'),
  edge('STRING', '', ''),
  edge('STRING', 'NULL', 'NULL'),
  edge('STRING', '\\N', '\\N'),
  edge('STRING', 'Zoë 😀 \t\r\n "quoted" \'it\' \\ ` %s ${x}', 'Zoë 😀 \t\r\n "quoted" \'it\' \\ ` %s ${x}'),
  edge('STRING', 'nul\0nul', REFUSED),
  edge('STRING', 'x'.repeat(1_000_000), 'x'.repeat(1_000_000)),
  edge('BYTES', '', '\\x'),
  edge(
    'BYTES',
    Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte)).toString('base64'),
    `\\x${Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte)).toString('hex')}`,
  ),
  edge('DATE', '0001-01-01', '0001-01-01'),
  edge('DATE', '9999-12-31', '9999-12-31'),
  edge('DATE', '2024-02-29', '2024-02-29'),
  edge('TIME', '00:00:00', '00:00:00'),
  edge('TIME', '23:59:59.999999', '23:59:59.999999'),
  edge('DATETIME', '0001-01-01T00:00:00', '0001-01-01 00:00:00'),
  edge('DATETIME', '9999-12-31T23:59:59.999999', '9999-12-31 23:59:59.999999'),
  edge('TIMESTAMP', '0001-01-01 00:00:00+00', '0001-01-01 00:00:00+00'),
  edge('TIMESTAMP', '9999-12-31 23:59:59.999999+00', '9999-12-31 23:59:59.999999+00'),
  edge('TIMESTAMP', '1969-12-31 23:59:59.999999+00', '1969-12-31 23:59:59.999999+00'),
  edge('TIMESTAMP', '2024-01-02 03:04:05.123456+02:30', '2024-01-02 00:34:05.123456+00'),
  edge('JSON', '{"a": 12345678901234567890.5, "b": [1.10]}', '{"a": 12345678901234567890.5, "b": [1.10]}'),
  edge('INTERVAL', '1-2 3 4:5:6.789', '1-2 3 4:5:6.789'),
  edge('GEOGRAPHY', 'POINT(1.5 2.25)', REFUSED),
  edge('ARRAY<INT64>', ['1', '9007199254740993'], '[1,9007199254740993]'),
  edge('ARRAY<INT64>', [], '[]'),
  edge('ARRAY<STRING>', ['a"b', 'ü'], '["a\\"b","ü"]'),
  edge('STRUCT<x INT64, y STRING>', { x: '9007199254740993', y: 'q"' }, '{"x":9007199254740993,"y":"q\\""}'),
];
