import { identifier } from '../sql-text.ts';
import type { RelationColumn } from '../warehouse/relation-columns.ts';
import type { Row, Session } from '../warehouse/warehouse.ts';
import type { PrintedRow, RowDifference } from './unit-test-diff.ts';

/** Rows of each side that are read; a message shows fewer. */
const READ = 200;

/**
 * Compares two relations as multisets, by the equality of the columns' own types: 1.0 is 1.00, and a row that stands twice has to
 * stand twice. Null when they are the same.
 */
export async function compareRows(
  relations: { readonly expected: string; readonly actual: string },
  columns: readonly RelationColumn[],
  session: Session,
): Promise<RowDifference | null> {
  const [counts] = await session.query<Record<'expected' | 'actual' | 'total', string>>(
    `${sides(relations, columns)}
     select (select count(*) from missing)::text as expected, (select count(*) from surplus)::text as actual,
       (select count(*) from actual)::text as total`,
  );
  const expectedCount = BigInt(counts?.expected ?? '0');
  const actualCount = BigInt(counts?.actual ?? '0');
  if (expectedCount === 0n && actualCount === 0n) return null;
  const printed = columns.map((_, at) => `c${at}::text as c${at}`).join(', ');
  const order = columns.map((_, at) => at + 1).join(', ');
  const read = async (side: 'missing' | 'surplus'): Promise<PrintedRow[]> => {
    const ordered = `select ${columns.map((_, at) => `c${at}`).join(', ')} from ${side} order by ${order} limit ${READ}`;
    const rows = await session.query(`${sides(relations, columns)} select ${printed} from (${ordered}) as rows`);
    return rows.map((row: Row) => columns.map((_, at) => row[`c${at}`] ?? null));
  };
  return {
    columns: columns.map(({ name }) => name),
    expected: await read('missing'),
    actual: await read('surplus'),
    agreeing: BigInt(counts?.total ?? '0') - actualCount,
    expectedCount,
    actualCount,
  };
}

function sides({ expected, actual }: { expected: string; actual: string }, columns: readonly RelationColumn[]): string {
  const of = (side: string): string =>
    `select ${columns.map((column, at) => `${comparable(column)} as c${at}`).join(', ')} from ${side}`;
  return `with expected as (${of(expected)}), actual as (${of(actual)}),
    missing as (select * from expected except all select * from actual),
    surplus as (select * from actual except all select * from expected)`;
}

/** Some types have no equality of their own. */
function comparable({ name, type }: RelationColumn): string {
  if (type === 'json') return `${identifier(name)}::text::jsonb`;
  return /^(json|xml|point|line|lseg|box|path|polygon|circle|txid_snapshot|pg_snapshot)\b/.test(type)
    ? `${identifier(name)}::text`
    : identifier(name);
}
