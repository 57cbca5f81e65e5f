import type { SourceTable } from '../../../engine/contracts/source.ts';
import { Connection } from '../../../engine/contracts/config.ts';
import { startHttpApi } from '../../servers/http-api.ts';
import type { ConformanceSubject, StartedSubject, SubjectColumn, SubjectRow, TortureCase } from '../subject.ts';

type Paging = 'page' | 'cursor' | 'link';

/** An HTTP API whose records are JSON objects; one subject for each way to page. */
export const httpByPage = subjectOf('page');
export const httpByCursor = subjectOf('cursor');
export const httpByLink = subjectOf('link');

function subjectOf(paging: Paging): ConformanceSubject {
  return { kind: `http by ${paging}`, start: () => start(paging) };
}

const PLACES: Readonly<Record<Paging, Pick<SourceTable, 'records' | 'paging'>>> = {
  page: { records: '/data/items', paging: { by: 'page', param: 'page', first: 1 } },
  cursor: { records: '/data', paging: { by: 'cursor', next: '/meta/next', param: 'after' } },
  link: { records: '', paging: { by: 'link_header' } },
};

async function start(paging: Paging): Promise<StartedSubject> {
  const api = await startHttpApi();
  // Small enough that most tables have several pages; a page of 20,000 rows would prove nothing of paging.
  api.options.pageSize = 500;
  const tables = new Map<string, { columns: SubjectColumn[]; rows: SubjectRow[] }>();
  const tableOf = (name: string) => {
    const table = tables.get(name);
    if (table === undefined) throw new Error(`no table ${name}`);
    return table;
  };
  const serve = (name: string): void => {
    const { columns, rows } = tableOf(name);
    api.tables.set(
      name,
      rows.map((row) => recordOf(columns, row)),
    );
  };
  const placed = (name: string) => ({ name, path: `${paging}/${name}`, ...PLACES[paging] });
  return {
    connection: Connection.parse({
      type: 'http',
      url: api.url,
      allow_networks: ['127.0.0.0/8'],
      requests_per_second: 10_000,
    }),
    can: { countsWhole: true, typed: false, emptyTables: true, maxColumns: 1_600 },
    create: ({ name, columns }) => {
      tables.set(name, { columns: [...columns], rows: [] });
      serve(name);
      return Promise.resolve(placed(name));
    },
    setRows: async (name, rows) => {
      tableOf(name).rows = [...rows];
      serve(name);
    },
    insert: async (name, rows) => {
      tableOf(name).rows.push(...rows);
      serve(name);
    },
    addColumn: async (name, column) => {
      const table = tableOf(name);
      table.columns.push(column);
      table.rows = table.rows.map((row) => [...row, null]);
      serve(name);
    },
    dropColumn: async (name, column) => {
      const table = tableOf(name);
      const at = table.columns.findIndex((each) => each.name === column);
      table.columns.splice(at, 1);
      table.rows = table.rows.map((row) => row.filter((_value, index) => index !== at));
      serve(name);
    },
    torture: TORTURE,
    createTorture: (name, { type, given }) => {
      api.tables.set(name, [`{"id":1,"value":${given}}`]);
      const declared =
        type === 'undeclared' ? {} : { type: type as NonNullable<SourceTable['columns'][number]['type']> };
      const columns = [
        { name: 'id', type: 'bigint' as const, decimal: '.' as const },
        { name: 'value', decimal: '.' as const, ...declared },
      ];
      return Promise.resolve({ ...placed(name), columns });
    },
    stop: api.stop,
  };
}

const BARE = new Set(['integer', 'bigint', 'numeric', 'boolean']);

function recordOf(columns: readonly SubjectColumn[], row: SubjectRow): string {
  const members = columns.map(({ name, type }, at) => {
    const value = row[at] ?? null;
    return `${JSON.stringify(name)}:${value === null || BARE.has(type) ? value : JSON.stringify(value)}`;
  });
  return `{${members.join(',')}}`;
}

const refused = (type: string, given: string): TortureCase => ({ type, given, landed: { refused: 'value' } });
const landed = (type: string, given: string, as: string | null): TortureCase => ({ type, given, landed: as });

const TORTURE: readonly TortureCase[] = [
  landed('undeclared', 'null', null),
  landed('undeclared', '""', ''),
  landed('undeclared', '" a b "', ' a b '),
  landed('undeclared', '"\\u00e9\\ud83e\\uddfe\\t\\"\\\\\\/\\n"', 'é🧾\t"\\/\n'),
  landed('undeclared', '"\\\\N"', '\\N'),
  landed(
    'undeclared',
    '12345678901234567890123456789012345678901234567890.10',
    '12345678901234567890123456789012345678901234567890.10',
  ),
  landed('undeclared', '1E+400', '1E+400'),
  landed('undeclared', '-0', '-0'),
  landed('undeclared', '-0.0e-0', '-0.0e-0'),
  landed('undeclared', 'true', 'true'),
  landed('undeclared', '{"b": [1.50, {"a":9007199254740993}]}', '{"b": [1.50, {"a":9007199254740993}]}'),
  landed('undeclared', '[]', '[]'),
  landed('undeclared', `"${'x'.repeat(1_000_000)}"`, 'x'.repeat(1_000_000)),
  refused('undeclared', '"a\\u0000b"'),
  refused('undeclared', '"\\ud800"'),
  refused('undeclared', '"\\udc00\\ud800"'),
  landed('text', '1.10', '1.10'),
  landed('boolean', 'true', 'true'),
  landed('boolean', '"false"', 'false'),
  refused('boolean', '"yes, maybe"'),
  refused('boolean', '2'),
  landed('integer', '2147483647', '2147483647'),
  landed('integer', '-2147483648', '-2147483648'),
  landed('integer', '"42"', '42'),
  refused('integer', '2147483648'),
  refused('integer', '1.5'),
  refused('integer', '1.0'),
  refused('integer', 'true'),
  refused('integer', '""'),
  landed('bigint', '9223372036854775807', '9223372036854775807'),
  landed('bigint', '9007199254740993', '9007199254740993'),
  refused('bigint', '9223372036854775808'),
  landed('numeric', '0.1', '0.1'),
  landed('numeric', '1.10', '1.10'),
  landed(
    'numeric',
    '12345678901234567890123456789012345678901234567890.1234567890',
    '12345678901234567890123456789012345678901234567890.1234567890',
  ),
  landed('numeric', '1e3', '1000'),
  landed('numeric', '1.5E-3', '0.0015'),
  landed('numeric', '"NaN"', 'NaN'),
  refused('numeric', '"1,5"'),
  refused('numeric', '[1]'),
  landed('double precision', '0.1', '0.1'),
  landed('double precision', '1.7976931348623157e308', '1.7976931348623157e+308'),
  landed('double precision', '5e-324', '5e-324'),
  refused('double precision', '1e400'),
  landed('date', '"2024-02-29"', '2024-02-29'),
  landed('date', '"9999-12-31"', '9999-12-31'),
  refused('date', '"2023-02-29"'),
  refused('date', '"29.02.2024"'),
  refused('date', '20240229'),
  landed('time', '"23:59:59.999999"', '23:59:59.999999'),
  refused('time', '"24:00:01"'),
  landed('timestamp', '"2026-01-31T23:59:59.999999"', '2026-01-31 23:59:59.999999'),
  landed('timestamp', '"0001-01-01 00:00:00"', '0001-01-01 00:00:00'),
  refused('timestamp', '"2026-01-31T23:59:59Z"'),
  refused('timestamp', '"2026-01-31T23:59:59.9999999"'),
  refused('timestamp', '1767225600'),
  landed('timestamptz', '"2026-01-31T23:59:59.5+02:00"', '2026-01-31 21:59:59.5+00'),
  landed('timestamptz', '"2026-01-31T23:59:59Z"', '2026-01-31 23:59:59+00'),
  refused('timestamptz', '"2026-01-31T23:59:59"'),
  landed('uuid', '"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
  refused('uuid', '"a0eebc99"'),
  landed('json', '{"a": 1.0, "z":[ 12345678901234567890.5 ]}', '{"a": 1.0, "z":[ 12345678901234567890.5 ]}'),
  landed('json', '"text"', '"text"'),
  landed('json', '1.10', '1.10'),
  landed('json', 'null', null),
];
