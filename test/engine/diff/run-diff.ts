import type { Connection } from '../../../engine/contracts/config.ts';
import type { DiffOptions, DiffResult, Difference, DiffSide } from '../../../engine/contracts/diff.ts';
import { diffTables } from '../../../engine/diff/diff-tables.ts';

const LIMITS = { rows: 1_000_000, bytes: 1_000_000_000, seconds: 60 };

export function postgresAt(url: string): Connection {
  return { type: 'postgres', url, parallel: 2, limits: LIMITS };
}

export function mysqlAt(url: string): Connection {
  return { type: 'mysql', url, limits: LIMITS };
}

/** A table of a database as one side. */
export function tableOf(
  name: string,
  config: Connection,
  more: { readonly schema?: string; readonly table?: string; readonly where?: string } = {},
): DiffSide {
  const at = {
    kind: 'table',
    connection: { name, config },
    schema: more.schema ?? null,
    table: more.table ?? 't',
  } as const;
  return { called: name, at, where: more.where, key: [], hidden: [] };
}

export interface Compared {
  readonly result: DiffResult;
  readonly differences: readonly Difference[];
}

/** Compares with every option at its default but those given. */
export async function runDiff(
  a: DiffSide,
  b: DiffSide,
  given: Partial<DiffOptions> & {
    readonly warehouseUrl?: string;
    readonly root?: string;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Compared> {
  const { warehouseUrl = null, root = '/', signal = new AbortController().signal, ...options } = given;
  const differences: Difference[] = [];
  const result = await diffTables(
    { a, b },
    {
      key: ['id'],
      columns: [],
      exclude: [],
      map: {},
      tolerance: {},
      sample: null,
      sampleSeed: 0,
      bucketRows: 1_024,
      threads: null,
      seed: 4_711,
      ...options,
    },
    { warehouseUrl, root, signal, onDifference: (difference) => differences.push(difference) },
  );
  return { result, differences };
}

/** Counts on one line: `2 same, 1 changed (amount 1), 0 only a, 0 only b`, and what else there is. */
export function tallyOf({ result }: Compared): string {
  const { same, changed, onlyA, onlyB, doubledA, doubledB, withoutKeyA, withoutKeyB, byColumn } = result;
  const columns = Object.entries(byColumn).map(([name, count]) => `${name} ${count}`);
  const rest = { doubledA, doubledB, withoutKeyA, withoutKeyB };
  return [
    `${same} same`,
    `${changed} changed${columns.length > 0 ? ` (${columns.join(', ')})` : ''}`,
    `${onlyA} only a`,
    `${onlyB} only b`,
    ...Object.entries(rest).flatMap(([name, count]) => (count > 0n ? [`${count} ${name}`] : [])),
  ].join(', ');
}
