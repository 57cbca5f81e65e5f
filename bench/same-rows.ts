import type { BenchTable } from './bench-table.ts';
import type { Cluster } from './cluster.ts';

/** Count, control totals and a sum of row hashes, each of all rows: two tables with one print hold the same rows. */
export interface Print {
  readonly rows: string;
  readonly text: string;
}

/** Reads a table's print; values are compared as the table's declared types, because peers land others that mean the same. */
export async function printOf(
  table: BenchTable,
  where: { readonly database: string; readonly relation: string },
  cluster: Cluster,
): Promise<Print> {
  const values = table.columns.map(([name, type]) => `coalesce(${asDeclared(name, type)}, '')`);
  const totals = table.totals.map((name) => `sum(${name}::numeric(15,2))::text`);
  const hash = `sum(hashtextextended(concat_ws('|', ${values.join(', ')}), 0)::numeric)::text`;
  const [row] = await cluster.query(
    where.database,
    `select count(*)::text as rows, concat_ws(' ', count(*)::text, ${[...totals, hash].join(', ')}) as print from ${where.relation}`,
  );
  return { rows: row?.['rows'] ?? '', text: row?.['print'] ?? '' };
}

/** The control of every figure: a way that lost, doubled or changed a row has none. */
export async function refuseDifference(
  input: {
    readonly way: string;
    readonly tables: readonly BenchTable[];
    readonly database: string;
    readonly schema: string;
  },
  deps: { readonly cluster: Cluster; readonly prints: ReadonlyMap<string, Print> },
): Promise<void> {
  for (const table of input.tables) {
    const relation = `${input.schema}.${table.name}`;
    const landed = await printOf(table, { database: input.database, relation }, deps.cluster);
    const source = deps.prints.get(table.name);
    if (source !== undefined && source.text === landed.text) continue;
    throw new Error(
      `${input.way} did not land the source's rows of ${table.name}: ${landed.rows} rows landed, ${source?.rows} in the source`,
    );
  }
}

/** char(n) is padded by some and not by others; the padding has no meaning. */
function asDeclared(name: string, type: string): string {
  if (type.startsWith('char')) return `rtrim(${name}::text, ' ')`;
  return `${name}::${type}::text`;
}
