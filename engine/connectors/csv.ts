import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Connection } from '../contracts/config.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { Connector, ConnectorContext, TableRead } from './connector.ts';
import { encodeCopyRow } from './encode-copy-row.ts';
import { readCsv } from './read-csv.ts';
import { sumDecimals } from './sum-decimals.ts';

type CsvConnection = Extract<Connection, { type: 'csv' }>;

/**
 * Reads CSV files strictly. The whole file is read and judged once before a row of it leaves: a ragged line, a doubled header,
 * a cut-off end, a byte that is not UTF-8 refuse the file with its line. It is read again for its rows, and refused when its
 * bytes are others by then. Every column is text: a file has no types, and text is what it holds exactly.
 */
export const csv = {
  open: async (connection, context) => ({
    read: (table) => readTable(table, connection, context),
    close: () => Promise.resolve(),
  }),
} satisfies Connector<CsvConnection>;

async function readTable(
  table: DeclaredSource,
  connection: CsvConnection,
  context: ConnectorContext,
): Promise<TableRead> {
  const place = { file: table.declaredIn, line: table.line };
  const file = table.file ?? `${table.name}.csv`;
  const directory = resolve(context.root, connection.directory);
  const path = resolve(directory, file);
  const inside = relative(directory, path);
  if (inside.startsWith('..') || isAbsolute(inside)) {
    throw new EngineError('EXTRACT_SOURCE_MISSING', `${file} lies outside the folder of connection ${context.name}`, {
      place,
    });
  }
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    throw new EngineError('EXTRACT_SOURCE_MISSING', `connection ${context.name} has no file ${file}`, { place });
  }

  const judged = await judge(path, file, table, connection.delimiter);
  return {
    system: { type: 'csv', file, bytes: judged.bytes.toString(), sha256: judged.sha256 },
    snapshotId: `sha256:${judged.sha256}`,
    query: file,
    columns: judged.header.map((name) => ({ name, type: 'text' })),
    sourceRows: judged.records,
    sourceTotals: judged.totals,
    rows: readRows(path, file, connection.delimiter, judged.sha256),
  };
}

async function judge(path: string, file: string, table: DeclaredSource, delimiter: string) {
  const reading = readCsv({ path, file, delimiter });
  let header: readonly string[] = [];
  let records = 0n;
  let sums: { readonly column: string; readonly at: number; readonly sum: ReturnType<typeof sumDecimals> }[] = [];
  for await (const { values, line } of reading.records()) {
    if (header.length === 0) {
      header = values as string[];
      const missing = [...table.key, ...table.control_totals].filter((column) => !header.includes(column));
      if (missing.length > 0) {
        throw new EngineError('EXTRACT_COLUMN_MISSING', `${file} has no column ${missing.join(', ')}`, {
          place: { file: table.declaredIn, line: table.line },
        });
      }
      sums = table.control_totals.map((column) => ({ column, at: header.indexOf(column), sum: sumDecimals() }));
      continue;
    }
    records += 1n;
    for (const { column, at, sum } of sums) {
      const value = values[at] ?? null;
      if (value !== null && !sum.add(value)) {
        throw new EngineError('EXTRACT_NOT_A_NUMBER', `column ${column} does not hold a plain decimal number`, {
          place: { file, line },
        });
      }
    }
  }
  return {
    header,
    records,
    totals: sums.map(({ column, sum }) => ({ column, sum: sum.total() })),
    ...reading.read(),
  };
}

async function* readRows(path: string, file: string, delimiter: string, sha256: string): AsyncIterable<Buffer> {
  const reading = readCsv({ path, file, delimiter });
  let batch: string[] = [];
  let isHeader = true;
  for await (const { values } of reading.records()) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    batch.push(encodeCopyRow(values));
    if (batch.length >= 500) {
      yield Buffer.from(batch.join(''));
      batch = [];
    }
  }
  if (batch.length > 0) yield Buffer.from(batch.join(''));
  if (reading.read().sha256 !== sha256) {
    throw new EngineError('EXTRACT_FILE_REFUSED', 'the file changed while it was read', { place: { file } });
  }
}
