import type { ControlTotal } from '../contracts/pull.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import { identifier } from '../sql-text.ts';
import type { SourceFigures } from './connector.ts';
import { placeOf } from './postgres-columns.ts';
import type { PostgresRow, PostgresSession } from './postgres-session.ts';
import type { WindowSql } from './postgres-window.ts';

export interface FiguresPlan {
  readonly table: DeclaredSource;
  readonly called: string;
  readonly from: string;
  /** SQL of each control total's column, a number. */
  readonly totals: readonly string[];
  /** Condition that tells a row that lands from one that is rejected; null when all land. */
  readonly lands: string | null;
  readonly window: WindowSql | null;
  /** Whether the rows up to the upper bound are counted too: not in a backfill. */
  readonly withWhole: boolean;
  readonly upper: string | null;
}

/** SQL of a control total's column as a number, or the refusal of a type that has none. A sum of floats depends on the order of the rows. */
export function totalSql(table: DeclaredSource, called: string, column: string, type: string): string {
  const name = identifier(column);
  const bare = type.replace(/\(\d+(,-?\d+)?\)/, '');
  if (/^(smallint|integer|bigint)$/.test(bare)) return `${name}::bigint`;
  if (bare === 'numeric') return name;
  if (/^(real|double precision)$/.test(bare)) return `${name}::numeric`;
  if (/^(text|character varying|character|bpchar)$/.test(bare)) return `${name}::text::numeric`;
  throw notANumber(table, called, [column]);
}

/** Counts and adds in one scan, by the server's own arithmetic. */
export async function readFigures(plan: FiguresPlan, session: PostgresSession): Promise<Omit<SourceFigures, 'drift'>> {
  const { table, window, lands, withWhole, upper } = plan;
  const columns = [
    count('rows', [window?.within]),
    ...plan.totals.map((total, at) => sum(`total_${at}`, total, [window?.within, lands])),
    ...(withWhole && window
      ? [
          count('null_rows', [window.unplaced]),
          count('whole', [lands]),
          ...plan.totals.map((total, at) => sum(`whole_${at}`, total, [lands])),
        ]
      : []),
  ];
  const where = window ? ` where ${withWhole ? window.upToUpper : window.within}` : '';
  const rows = await session.query(`select ${columns.join(', ')} from ${plan.from}${where}`).catch((error: unknown) => {
    throw isNotANumber(error) && plan.totals.length > 0 ? notANumber(table, plan.called, table.control_totals) : error;
  });
  const row = rows[0] ?? {};
  return {
    rows: BigInt(row['rows'] ?? '0'),
    totals: totalsOf(table, 'total', row),
    whole: withWhole && window ? { rows: BigInt(row['whole'] ?? '0'), totals: totalsOf(table, 'whole', row) } : null,
    cursor: window ? { upper, nullRows: BigInt(row['null_rows'] ?? '0') } : null,
  };
}

function count(as: string, conditions: readonly (string | null | undefined)[]): string {
  return `count(*)${filter(conditions)}::text as ${as}`;
}

function sum(as: string, value: string, conditions: readonly (string | null | undefined)[]): string {
  return `sum(${value})${filter(conditions)}::text as ${as}`;
}

function filter(conditions: readonly (string | null | undefined)[]): string {
  const given = conditions.filter((condition) => condition !== null && condition !== undefined);
  return given.length > 0 ? ` filter (where ${given.join(' and ')})` : '';
}

function totalsOf(table: DeclaredSource, prefix: string, row: PostgresRow): readonly ControlTotal[] {
  return table.control_totals.map((column, at) => ({ column, sum: row[`${prefix}_${at}`] ?? null }));
}

function isNotANumber(error: unknown): boolean {
  return error instanceof EngineError && error.database?.sqlState === '22P02';
}

function notANumber(table: DeclaredSource, called: string, columns: readonly string[]): EngineError {
  return new EngineError('EXTRACT_NOT_A_NUMBER', `${called}: not every value of ${columns.join(', ')} is a number`, {
    place: placeOf(table),
  });
}
