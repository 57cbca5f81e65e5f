import type { Connection } from '../contracts/config.ts';
import { EngineError } from '../errors.ts';
import { bigqueryClient, cancelled } from './bigquery-client.ts';
import { translateBigqueryError } from './bigquery-error.ts';
import { bigqueryJobs } from './bigquery-job.ts';
import type { WireRow } from './bigquery-job.ts';
import { bigqueryName, holdsSemicolon } from './bigquery-statement.ts';
import { bigqueryColumn, printInstant } from './bigquery-types.ts';
import type { ComparedColumn, ComparedKind, ComparedRow, ComparedTable, Comparison } from './comparison.ts';

type BigqueryConnection = Extract<Connection, { type: 'bigquery' }>;

/** Tables of BigQuery, as of one instant of the server's clock where they are tables and not views. */
export async function holdBigquery(
  name: string,
  connection: BigqueryConnection,
  signal: AbortSignal,
): Promise<{ readonly compare: (table: ComparedTable) => Promise<Comparison>; readonly close: () => Promise<void> }> {
  const client = bigqueryClient(connection, name);
  const jobs = bigqueryJobs(client, connection);
  const guard = async <T>(work: Promise<T>, what = `connection ${name}`): Promise<T> =>
    work.catch((error: unknown) => {
      throw signal.aborted ? cancelled(name) : translateBigqueryError(error, what);
    });
  async function* run(sql: string): AsyncGenerator<readonly WireRow[]> {
    const pages = jobs.run({ sql }, signal);
    for (;;) {
      const page = await guard(pages.next());
      if (page.done === true) return;
      yield page.value;
    }
  }
  const ask = async (sql: string): Promise<ComparedRow[]> => {
    const rows: ComparedRow[] = [];
    for await (const page of run(sql)) for (const { f } of page) rows.push(f.map(({ v }) => cell(v)));
    return rows;
  };
  const [[instant] = []] = await ask('select current_timestamp() as instant');
  const asOf = printInstant(BigInt(instant ?? '0'));

  const compare = async ({ from: asked, called, where }: ComparedTable): Promise<Comparison> => {
    if ('sql' in asked) throw new TypeError('a query of BigQuery is not compared');
    if (asked.schema === null)
      throw new EngineError('DIFF_INVALID', `${called}: name its dataset, as ${name}:dataset.table`);
    const dot = asked.schema.lastIndexOf('.');
    const path = [dot < 0 ? connection.project : asked.schema.slice(0, dot), asked.schema.slice(dot + 1), asked.table];
    const resource = (await guard(
      client.call({
        method: 'GET',
        path: [path[0] ?? '', 'datasets', path[1] ?? '', 'tables', path[2] ?? ''],
        query: { fields: 'type,numRows' },
        signal,
      }),
      called,
    )) as { readonly type?: string; readonly numRows?: string };
    const isTable = resource.type === 'TABLE' && connection.endpoint === undefined;
    const named = path.map(bigqueryName).join('.');
    const from = isTable ? `(select * from ${named} for system_time as of timestamp '${asOf}')` : named;
    if (where !== null && holdsSemicolon(where)) {
      throw new EngineError('DIFF_INVALID', `the condition on ${called} is refused: it holds a semicolon`);
    }
    const condition = where === null ? null : `(\n${where}\n)`;
    const described = await guard(
      jobs.dryRun({ sql: `select * from ${from} as t${condition === null ? '' : ` where ${condition}`}` }, signal),
      called,
    );
    const known = described.fields.map((field) => {
      const column = bigqueryColumn(field);
      if (column === undefined)
        throw new EngineError('EXTRACT_TYPE_REFUSED', `${called}: column ${field.name} has a type with no exact form`);
      return { ...column, notNull: field.mode === 'REQUIRED' };
    });
    const columns = known.map((column): ComparedColumn => {
      const quoted = `t.${bigqueryName(column.name)}`;
      const isNested = column.standard === 'ARRAY' || column.standard === 'STRUCT' || column.standard === 'JSON';
      return {
        name: column.name,
        type: column.standard,
        kind: KINDS[column.standard] ?? 'other',
        quoted,
        read: isNested ? `if(${quoted} is null, null, to_json_string(${quoted}))` : quoted,
        notNull: column.notNull,
        scale: null,
        hasLooseCollation: false,
      };
    });
    return {
      dialect: 'bigquery',
      version: 0,
      isUtf8: true,
      from,
      where: condition,
      columns,
      uniqueKeys: [],
      primaryKey: [],
      leading: new Set(),
      rows: Number(resource.numRows ?? 0),
      ask,
      stream: async function* (sql, wanted) {
        const prints = wanted.map((each) => known.find((column) => column.name === each.name)?.print);
        const print = (text: string, at: number): string => {
          const printed = at === 0 ? text : prints[at - 1]?.(text);
          if (printed !== undefined) return printed;
          const reason = `${called}: column ${wanted[at - 1]?.name} holds a value that text cannot hold`;
          throw new EngineError('EXTRACT_TYPE_REFUSED', reason);
        };
        for await (const page of run(sql)) {
          yield page.map(({ f }) =>
            f.map(({ v }, at) => {
              const text = cell(v);
              return text === null ? null : print(text, at);
            }),
          );
        }
      },
    };
  };
  return {
    compare,
    close: async () => {
      await jobs.cancelAll();
      await client.destroy();
    },
  };
}

/** Lists and structs are read as JSON, so that every cell is a text. */
function cell(value: unknown): string | null {
  if (value === null || typeof value === 'string') return value;
  throw new EngineError('EXTRACT_TYPE_REFUSED', 'BigQuery answered with a value that is no text');
}

const KINDS: Readonly<Record<string, ComparedKind>> = {
  INT64: 'integer',
  NUMERIC: 'decimal',
  BIGNUMERIC: 'decimal',
  FLOAT64: 'float',
  BOOL: 'boolean',
  STRING: 'text',
  BYTES: 'bytes',
  DATE: 'date',
  TIME: 'time',
  DATETIME: 'timestamp',
  TIMESTAMP: 'moment',
  JSON: 'json',
  STRUCT: 'json',
  ARRAY: 'json',
};
