import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LINEITEM, createTable } from './bench-table.ts';
import type { BenchTable } from './bench-table.ts';
import type { Cluster } from './cluster.ts';
import type { Cost } from './command.ts';
import { describeCosts, ratioLines } from './figures.ts';
import type { Line } from './figures.ts';
import type { Home } from './home.ts';
import { printOf, refuseDifference } from './same-rows.ts';
import { declared, pullCommand } from './tickmark-way.ts';
import { bash, runWay } from './way.ts';
import type { Way } from './way.ts';

/** A file says nothing of types: every column is text, by COPY as by the pull. */
const AS_TEXT: BenchTable = { ...LINEITEM, columns: LINEITEM.columns.map(([name]) => [name, 'text'] as const) };
const FILE = 'lineitem.csv';

/** The first rows of lineitem as a CSV file, by psql's \copy and by the files connector with all its checks. */
export async function benchCsvFile(
  input: { readonly from: string; readonly rows: number; readonly runs: number },
  { cluster, home }: { readonly cluster: Cluster; readonly home: Home },
): Promise<readonly Line[]> {
  const { runs } = input;
  const folder = join(home.path, 'data', `csv-${input.rows}`);
  await cutFile(input.from, folder, input.rows);
  const copy: Way = {
    name: 'psql copy csv',
    schema: 'public',
    prepare: async (database) => {
      await cluster.query(database, createTable(AS_TEXT));
      const line = `\\copy lineitem from '${join(folder, FILE)}' csv header`;
      return bash([`'${cluster.psql}' -X -q -v ON_ERROR_STOP=1 -d ${database} -c "${line}"`], cluster.env);
    },
  };
  const pull: Way = {
    name: 'tickmark csv',
    schema: 'raw_bench',
    prepare: (database) =>
      pullCommand({
        warehouseUrl: cluster.url(database),
        connection: { type: 'files', directory: folder },
        tables: [{ ...declared(LINEITEM), file: FILE, read_back: false }],
      }),
  };
  const costs: [copy: Cost[], pull: Cost[]] = [[], []];
  for (let run = 1; run <= runs; run += 1) {
    const copied = await runWay(copy, cluster, home);
    costs[0].push(copied.cost);
    const print = await printOf(LINEITEM, { database: copied.database, relation: 'public.lineitem' }, cluster);
    if (print.rows !== String(input.rows)) throw new Error(`COPY read ${print.rows} rows, not ${input.rows}`);
    const pulled = await runWay(pull, cluster, home);
    costs[1].push(pulled.cost);
    const landing = { way: pull.name, tables: [LINEITEM], database: pulled.database, schema: pull.schema };
    await refuseDifference(landing, { cluster, prints: new Map([[LINEITEM.name, print]]) });
  }
  home.say(`    ${describeCosts(copy.name, costs[0])}`);
  home.say(`    ${describeCosts(pull.name, costs[1])}`);
  return ratioLines(`CSV of ${input.rows} rows with strict checking / COPY of the file`, 2, costs[1], costs[0]);
}

/** No field of lineitem holds a line's end, so that lines are records. */
async function cutFile(from: string, folder: string, rows: number): Promise<void> {
  const file = join(folder, FILE);
  if (existsSync(file)) return;
  await mkdir(folder, { recursive: true });
  async function* lines(): AsyncIterable<string> {
    let at = 0;
    for await (const line of createInterface({ input: createReadStream(join(from, FILE)) })) {
      yield `${line}\n`;
      at += 1;
      if (at > rows) return;
    }
    if (at <= rows) throw new Error(`the generated lineitem has fewer than ${rows} rows`);
  }
  await pipeline(Readable.from(lines()), createWriteStream(`${file}.draft`));
  await rename(`${file}.draft`, file);
}
