import type { ControlTotal } from '../contracts/pull.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { SourceFigures } from './connector.ts';
import { placeOf } from './mysql-relation.ts';
import type { MysqlColumn, MysqlRelation } from './mysql-relation.ts';
import type { MysqlSession } from './mysql-session.ts';
import { hasExactSum } from './mysql-type.ts';
import { refuseWarnings } from './mysql-warnings.ts';
import type { MysqlWindow } from './mysql-window.ts';

export interface MysqlFiguresPlan {
  readonly table: DeclaredSource;
  readonly relation: MysqlRelation;
  /** Those that are read. */
  readonly columns: readonly MysqlColumn[];
  /** Condition that tells a row that lands from one that is rejected; null when all land. */
  readonly lands: string | null;
  readonly window: MysqlWindow | null;
  readonly upper: string | null;
  /** Whether the rows up to the upper bound are counted too: not in a backfill. */
  readonly withWhole: boolean;
}

/** Counts and adds in one scan, by the server's own arithmetic, which is exact for whole and decimal numbers. */
export async function readMysqlFigures(
  plan: MysqlFiguresPlan,
  session: MysqlSession,
): Promise<Omit<SourceFigures, 'drift'>> {
  const { table, relation, window, lands, upper } = plan;
  const withWhole = plan.withWhole && window !== null;
  const totals = totalColumns(plan);
  const lossy = plan.columns.filter(({ charset }) => charset !== null && !WHOLLY_UNICODE.has(charset));
  const expressions = [
    count([window?.within]),
    ...totals.map((column) => sum(column, [window?.within, lands])),
    ...(withWhole ? [count([window.isNull]), count([lands]), ...totals.map((column) => sum(column, [lands]))] : []),
    ...lossy.map((column) => count([window?.within, losesCharacters(column)])),
  ];
  const where = window ? ` where ${withWhole ? window.upToUpper : window.within}` : '';
  const [row = []] = await session.ask(`select ${expressions.join(', ')} from ${relation.from}${where}`);
  const texts = row.map((field) => field?.toString('latin1') ?? null);

  const next = (): string | null => texts.shift() ?? null;
  const nextCount = (): bigint => BigInt(next() ?? '0');
  const nextTotals = (): ControlTotal[] => table.control_totals.map((column) => ({ column, sum: next() }));
  const rows = nextCount();
  const inWindow = nextTotals();
  const nullRows = withWhole ? nextCount() : 0n;
  const whole = withWhole ? { rows: nextCount(), totals: nextTotals() } : null;
  const damaged = lossy.filter(() => nextCount() > 0n);
  if (damaged.length > 0) {
    const list = damaged.map(({ name, charset }) => `${name} (${charset})`).join(', ');
    throw new EngineError(
      'EXTRACT_TYPE_REFUSED',
      `${relation.called}: characters that Unicode does not have, in ${list}`,
      {
        place: placeOf(table),
      },
    );
  }
  await refuseWarnings(session, table, relation.called);
  return { rows, totals: inWindow, whole, cursor: window ? { upper, nullRows } : null };
}

function totalColumns({ table, relation }: MysqlFiguresPlan): readonly MysqlColumn[] {
  return table.control_totals.map((name) => {
    const column = relation.columns.find((each) => each.name === name);
    if (column && hasExactSum(column)) return column;
    throw new EngineError(
      'EXTRACT_NOT_A_NUMBER',
      `${relation.called}: control total ${name} is ${column?.type ?? 'gone'}, and only whole and decimal numbers have an exact sum; a query can cast it`,
      { place: placeOf(table) },
    );
  });
}

function count(conditions: readonly (string | null | undefined)[]): string {
  const all = both(conditions);
  return all === '' ? 'count(*)' : `count(case when ${all} then 1 end)`;
}

function sum({ quoted }: MysqlColumn, conditions: readonly (string | null | undefined)[]): string {
  const all = both(conditions);
  return all === '' ? `sum(${quoted})` : `sum(case when ${all} then ${quoted} end)`;
}

function both(conditions: readonly (string | null | undefined)[]): string {
  return conditions.filter((condition) => typeof condition === 'string').join(' and ');
}

/** Every character that these can hold has its own in Unicode. */
const WHOLLY_UNICODE = new Set(['utf8mb4', 'utf8mb3', 'utf8', 'latin1', 'binary']);

/** A character that Unicode does not have is sent as a question mark, without a word. */
function losesCharacters({ quoted }: MysqlColumn): string {
  const marks = (text: string): string => `char_length(${text}) - char_length(replace(${text}, '?', ''))`;
  return `${marks(quoted)} <> ${marks(`convert(${quoted} using utf8mb4)`)}`;
}
