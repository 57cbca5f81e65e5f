import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '../../../engine/contracts/config.ts';
import type { SourceTable } from '../../../engine/contracts/source.ts';
import type { ConformanceSubject, StartedSubject, SubjectColumn, SubjectRow, TortureCase } from '../subject.ts';

export type FileWrite = (columns: readonly SubjectColumn[], rows: readonly SubjectRow[]) => string | Uint8Array;
type Declared = Partial<SourceTable>;

export interface FileKind {
  readonly kind: string;
  /** What the files' names end with. */
  readonly ending: string;
  /** What sources.yml says of each file beside its name. */
  readonly declared?: Declared;
  readonly write: FileWrite;
  readonly typed?: boolean;
  readonly torture: readonly TortureCase[];
  /** A file of the columns `id` and `value` that holds the case, and what is declared of `value`. */
  readonly writeTorture: (given: TortureCase) => { readonly bytes: string | Uint8Array; readonly type?: string };
}

/** Where the files are put, and how the connection finds them. */
export interface FilePlace {
  readonly connection: Connection;
  readonly put: (name: string, bytes: string | Uint8Array) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A kind of file, one for each table, written anew at each change as an export is. */
export function filesSubject(
  kind: FileKind,
  place: (folder: string) => Promise<FilePlace> = inFolder,
): ConformanceSubject {
  return { kind: kind.kind, start: async (folder) => start(kind, await place(folder)) };
}

async function inFolder(folder: string): Promise<FilePlace> {
  const directory = join(folder, 'export');
  await mkdir(directory);
  return {
    connection: Connection.parse({ type: 'files', directory }),
    put: (name, bytes) => writeFile(join(directory, name), bytes),
    stop: () => Promise.resolve(),
  };
}

function start(kind: FileKind, place: FilePlace): StartedSubject {
  const tables = new Map<string, { columns: SubjectColumn[]; rows: SubjectRow[] }>();
  const change = async (name: string, how: (table: { columns: SubjectColumn[]; rows: SubjectRow[] }) => void) => {
    const table = tables.get(name) ?? { columns: [], rows: [] };
    tables.set(name, table);
    how(table);
    await place.put(`${name}.${kind.ending}`, kind.write(table.columns, table.rows));
  };
  const placed = (name: string): Declared & { readonly name: string } => ({
    name,
    file: `${name}.${kind.ending}`,
    ...kind.declared,
  });
  return {
    connection: place.connection,
    can: { countsWhole: true, typed: kind.typed === true, emptyTables: true, maxColumns: 1_600 },
    create: async ({ name, columns }) => {
      await change(name, (table) => table.columns.push(...columns));
      return placed(name);
    },
    setRows: (name, rows) => change(name, (table) => void (table.rows = [...rows])),
    insert: (name, rows) => change(name, (table) => table.rows.push(...rows)),
    addColumn: (name, column) =>
      change(name, (table) => {
        table.columns.push(column);
        table.rows = table.rows.map((row) => [...row, null]);
      }),
    dropColumn: (name, column) =>
      change(name, (table) => {
        const at = table.columns.findIndex((each) => each.name === column);
        table.columns.splice(at, 1);
        table.rows = table.rows.map((row) => row.filter((_value, index) => index !== at));
      }),
    torture: kind.torture,
    createTorture: async (name, given) => {
      const { bytes, type } = kind.writeTorture(given);
      await place.put(`${name}.${kind.ending}`, bytes);
      const declared =
        type === undefined ? [] : [{ name: 'value', type, decimal: '.' } as SourceTable['columns'][number]];
      return { ...placed(name), key: ['id'], columns: declared };
    },
    stop: place.stop,
  };
}

/** What is not to be guessed: declared types of untyped files take these texts and no others. */
export const DECLARED_TORTURE: readonly TortureCase[] = (
  [
    ['boolean', 'true', 'true'],
    ['boolean', 'maybe', undefined],
    ['integer', '-2147483648', '-2147483648'],
    ['integer', '2147483648', undefined],
    ['integer', '1.0', undefined],
    ['bigint', '9223372036854775807', '9223372036854775807'],
    [
      'numeric',
      '12345678901234567890123456789012345678901234567890.10',
      '12345678901234567890123456789012345678901234567890.10',
    ],
    ['numeric', '1,5', undefined],
    ['double precision', '0.1', '0.1'],
    ['double precision', '-0', '-0'],
    ['date', '2024-02-29', '2024-02-29'],
    ['date', '2023-02-29', undefined],
    ['date', '01/02/2024', undefined],
    ['time', '23:59:59.999999', '23:59:59.999999'],
    ['timestamp', '2024-01-01T00:00:00.000001', '2024-01-01 00:00:00.000001'],
    ['timestamp', '2024-01-01T00:00:00.0000001', undefined],
    ['timestamptz', '2024-01-01 01:00:00+01:00', '2024-01-01 00:00:00+00'],
    ['uuid', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ] as const
).map(([type, given, landed]) => ({ type, given, landed: landed ?? { refused: 'value' } }));
