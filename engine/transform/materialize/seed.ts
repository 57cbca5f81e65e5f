import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { EngineError } from '../../errors.ts';
import { identifier } from '../../sql-text.ts';
import type { Made, Making } from './materialize.ts';
import { seedTypes } from './seed-types.ts';
import { finishTable } from './table.ts';

/** Loads a seed's CSV file: read twice, once for what its columns hold and once for the rows. An empty field is null, as in dbt. */
export async function makeSeed(making: Making): Promise<Made> {
  const { session, storeTable, model } = making;
  const { column_types: given = {} } = model.config;
  const types = seedTypes(model.config.decimals ?? 'numeric');
  let header: readonly string[] = [];
  for await (const record of records(making)) {
    if (header.length === 0) header = headerOf(making, record);
    else types.add(record);
  }
  if (header.length === 0) throw refused(making, 'the file has no header');
  const declared = new Map(Object.entries(given).map(([name, type]) => [name.toLowerCase(), type]));
  for (const { name, dataType } of model.columns)
    if (dataType !== undefined && model.config.contract?.enforced) declared.set(name.toLowerCase(), dataType);
  const unknown = Object.keys(given).find(
    (name) => !header.some((column) => column.toLowerCase() === name.toLowerCase()),
  );
  if (unknown !== undefined) throw refused(making, `column_types names '${unknown}', and the file has no such column`);
  const columns = header.map((name, at) => ({
    name: model.config.quote_columns === false ? name.toLowerCase() : name,
    type: declared.get(name.toLowerCase()) ?? types.of(at),
  }));
  await session.execute(
    `create table ${storeTable} (${columns.map(({ name, type }) => `${identifier(name)} ${type}`).join(', ')})`,
  );
  const affected = making.isEmpty
    ? 0n
    : await session.copyIn(`copy ${storeTable} from stdin`, copyText(making)).catch((error: unknown) => {
        throw unfit(making, error);
      });
  await finishTable(making);
  return { select: `select * from ${storeTable}`, storeTable, delta: null, affected, sql: '', slices: [] };
}

/** The records of the file, the header first; each as its fields. */
async function* records(making: Making): AsyncIterable<readonly string[]> {
  const { model, root } = making;
  const file = createReadStream(join(root, model.file));
  const parser = parse({
    bom: true,
    delimiter: model.config.delimiter ?? ',',
    relax_column_count: false,
    skip_empty_lines: true,
  });
  file.on('error', (error) => parser.destroy(error));
  try {
    for await (const record of file.pipe(parser)) yield record as readonly string[];
  } catch (error) {
    const { message = '', code } = error as { message?: string; code?: string };
    // The parser's own messages quote the record.
    const line = /line (\d+)/.exec(message)?.[1];
    const what =
      code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH'
        ? 'has another number of fields than the header'
        : `cannot be read (${code ?? 'unknown'})`;
    throw refused(making, line === undefined ? `the file ${what}` : `the record at line ${line} ${what}`);
  } finally {
    file.destroy();
  }
}

function headerOf(making: Making, record: readonly string[]): readonly string[] {
  const names = record.map((name) => name.trim());
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw refused(making, `column '${twice}' stands twice in the header`);
  const at = names.indexOf('');
  if (at >= 0) throw refused(making, `column ${at + 1} of the header has no name`);
  return names;
}

async function* copyText(making: Making): AsyncIterable<Buffer> {
  let isHeader = true;
  let lines: string[] = [];
  for await (const record of records(making)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    lines.push(record.map(copyField).join('\t'));
    if (lines.length >= 500) {
      yield Buffer.from(`${lines.join('\n')}\n`);
      lines = [];
    }
  }
  if (lines.length > 0) yield Buffer.from(`${lines.join('\n')}\n`);
}

function copyField(text: string): string {
  if (text === '' || text.toLowerCase() === 'null') return '\\N';
  return text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

function unfit(making: Making, error: unknown): unknown {
  if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_FAILED') return error;
  return refused(making, `a value does not fit its column's type (${error.database?.sqlState ?? 'unknown'})`);
}

function refused({ model }: Making, message: string): EngineError {
  return new EngineError('TRANSFORM_SEED', `seed ${model.name}: ${message}`, { place: { file: model.file } });
}
