import type { CrossComparison } from '../check-kinds/check-kind.ts';
import { keyText } from '../check-kinds/key-text.ts';
import type { DiffResult, Difference, NamedConnection } from '../contracts/diff.ts';
import { EngineError } from '../errors.ts';
import { identifier } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { diffTables } from './diff-tables.ts';
import { LANDING_COLUMNS } from '../landing-columns.ts';

export interface ElsewhereDeps {
  /** A connection of tickmark.yml with its secrets resolved; undefined when there is none of the name. */
  readonly connection: (name: string) => NamedConnection | undefined;
  readonly warehouseUrl: string;
  readonly root: string;
  readonly signal: AbortSignal;
  /** Of the rows' hashes, as DiffOptions has it. */
  readonly seed: number;
}

/** More differences than this are not reconciled, they are another table; `tickmark diff` shows them. */
const MOST_DIFFERENCES = 200_000;
const BUCKET_ROWS = 1_024;

/** Compares a relation of the warehouse with a table of another database, key by key, and fills the comparison's two temporary tables. */
export function compareElsewhere(
  deps: ElsewhereDeps,
): (comparison: CrossComparison & { readonly relation: string }, session: Session) => Promise<void> {
  return async (comparison, session) => {
    const { keys, compare, except, tolerance, where, relation } = comparison;
    const there = `${comparison.connection}:${comparison.table}`;
    const connection = deps.connection(comparison.connection);
    if (connection === undefined)
      throw new EngineError('CHECK_INVALID', `tickmark.yml has no connection ${comparison.connection}`);
    const differences: Difference[] = [];
    const result = await diffTables(
      {
        a: {
          called: relation,
          at: {
            kind: 'relation',
            sql: where === 'true' ? relation : `(select * from ${relation} as t where ${where})`,
          },
          key: [],
          hidden: LANDING_COLUMNS,
        },
        b: {
          called: there,
          at: { kind: 'table', connection, ...splitTable(comparison.table) },
          where: comparison.toWhere,
          key: [],
          hidden: [],
        },
      },
      {
        key: keys.map(({ ours }) => ours),
        columns: compare === 'all' ? [] : [...keys, ...compare].map(({ ours }) => ours),
        exclude: except,
        map: Object.fromEntries(
          [...keys, ...(compare === 'all' ? [] : compare)].map(({ ours, theirs }) => [ours, theirs]),
        ),
        tolerance: typeof tolerance === 'string' ? { '*': tolerance } : tolerance,
        sample: null,
        sampleSeed: 0,
        bucketRows: BUCKET_ROWS,
        threads: null,
        seed: deps.seed,
      },
      {
        warehouseUrl: deps.warehouseUrl,
        root: deps.root,
        signal: deps.signal,
        onDifference: (difference) => {
          if (differences.length >= MOST_DIFFERENCES)
            throw new EngineError('CHECK_INVALID', `more than ${MOST_DIFFERENCES} keys differ from ${there}`);
          differences.push(difference);
        },
      },
    );
    await keep(comparison, { differences, result, there }, session);
  };
}

async function keep(
  comparison: CrossComparison & { readonly relation: string },
  found: { readonly differences: readonly Difference[]; readonly result: DiffResult; readonly there: string },
  session: Session,
): Promise<void> {
  const { differences, result, there } = found;
  const [table, looked] = [identifier(comparison.differences), identifier(comparison.looked)];
  await session.execute(
    `create temporary table ${table} (finding text, key text, differing text, amount numeric) on commit drop`,
  );
  await session.execute(`create temporary table ${looked} (looked bigint) on commit drop`);
  const key = keyText(comparison.keys.map((_, part) => `parts ->> ${part}`));
  for (let from = 0; from < differences.length; from += BUCKET_ROWS) {
    const rows = differences.slice(from, from + BUCKET_ROWS).flatMap((each) => rowsOf(each, there));
    await session.execute(
      `insert into ${table}
       select finding, ${key}, differing,
         case when a ~ '${NUMBER}' and b ~ '${NUMBER}' then a::numeric - b::numeric end
       from jsonb_to_recordset($1::jsonb) as found (finding text, parts jsonb, differing text, a text, b text)`,
      [JSON.stringify(rows)],
    );
  }
  // A row without a key matches nothing, so the other side lacks it.
  await session.execute(
    `insert into ${table}
     select finding, '' from (values ('only_here', $1::bigint), ('only_there', $2::bigint)) as keyless (finding, rows),
       generate_series(1, least(rows, ${MOST_DIFFERENCES}))`,
    [result.withoutKeyA.toString(), result.withoutKeyB.toString()],
  );
  await session.execute(`insert into ${looked} values ($1::bigint)`, [lookedAt(result, comparison.find).toString()]);
}

const NUMBER = '^-?[0-9]+([.][0-9]+)?$';

function lookedAt(result: DiffResult, find: CrossComparison['find']): bigint {
  const matched = result.same + result.changed;
  if (find === 'differing') return matched;
  const { onlyA, onlyB, doubledA, doubledB, withoutKeyA, withoutKeyB } = result;
  return matched + onlyA + onlyB + doubledA + doubledB + withoutKeyA + withoutKeyB;
}

interface Finding {
  readonly finding: string;
  readonly parts: readonly (string | null)[];
  readonly differing?: string;
  readonly a?: string | null;
  readonly b?: string | null;
}

function rowsOf({ kind, key, columns, a, b, rowsA, rowsB }: Difference, there: string): readonly Finding[] {
  const parts = Object.values(key);
  switch (kind) {
    case 'only_a':
      return [{ finding: 'only_here', parts }];
    case 'only_b':
      return [{ finding: 'only_there', parts }];
    case 'doubled':
      return [
        ...(rowsA > 1 ? [{ finding: 'doubled_here', parts }] : []),
        ...(rowsB > 1 ? [{ finding: 'doubled_there', parts }] : []),
      ];
    case 'changed': {
      const told = columns.map(
        (name) => `${name} is ${a?.[name] ?? 'null'} here and ${b?.[name] ?? 'null'} in ${there}`,
      );
      const number = columns.find((name) => [a, b].every((side) => new RegExp(NUMBER).test(side?.[name] ?? '')));
      const amount = number === undefined ? {} : { a: a?.[number] ?? null, b: b?.[number] ?? null };
      return [{ finding: 'differs', parts, differing: told.join('; '), ...amount }];
    }
  }
  return kind satisfies never;
}

function splitTable(text: string): { readonly schema: string | null; readonly table: string } {
  const dot = text.lastIndexOf('.');
  return dot < 0 ? { schema: null, table: text } : { schema: text.slice(0, dot), table: text.slice(dot + 1) };
}
