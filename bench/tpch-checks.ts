import { sqlName, text } from './check-sql.ts';

/** One of the 40 checks that every tool is given, over TPC-H's lineitem and orders. */
export type BenchCheck = { readonly table: 'lineitem' | 'orders' } & (
  | { readonly kind: 'not_null'; readonly column: string }
  | { readonly kind: 'unique'; readonly columns: readonly string[] }
  | { readonly kind: 'accepted_values'; readonly column: string; readonly values: readonly string[] }
  | { readonly kind: 'relationships'; readonly column: string; readonly to: string; readonly field: string }
  | { readonly kind: 'accepted_range'; readonly column: string; readonly min: string; readonly max: string }
  | { readonly kind: 'row_count'; readonly min: number }
);

export const CHECKED_TABLES = ['lineitem', 'orders'] as const;

const COLUMNS = {
  lineitem:
    'l_orderkey l_partkey l_suppkey l_linenumber l_quantity l_extendedprice l_discount l_tax l_returnflag l_linestatus l_shipdate l_commitdate l_receiptdate l_shipinstruct l_shipmode l_comment',
  orders:
    'o_orderkey o_custkey o_orderstatus o_totalprice o_orderdate o_orderpriority o_clerk o_shippriority o_comment',
} as const;

export function columnsOfTable(table: BenchCheck['table']): readonly string[] {
  return COLUMNS[table].split(' ');
}

/** 25 for values that are there, 2 for keys, 6 lists, 2 references, 4 ranges and one count. */
export const TPCH_CHECKS: readonly BenchCheck[] = [
  ...CHECKED_TABLES.flatMap((table) =>
    columnsOfTable(table).map((column): BenchCheck => ({ table, kind: 'not_null', column })),
  ),
  { table: 'lineitem', kind: 'unique', columns: ['l_orderkey', 'l_linenumber'] },
  { table: 'orders', kind: 'unique', columns: ['o_orderkey'] },
  { table: 'lineitem', kind: 'accepted_values', column: 'l_returnflag', values: ['A', 'N', 'R'] },
  { table: 'lineitem', kind: 'accepted_values', column: 'l_linestatus', values: ['O', 'F'] },
  {
    table: 'lineitem',
    kind: 'accepted_values',
    column: 'l_shipmode',
    values: ['AIR', 'FOB', 'MAIL', 'RAIL', 'REG AIR', 'SHIP', 'TRUCK'],
  },
  {
    table: 'lineitem',
    kind: 'accepted_values',
    column: 'l_shipinstruct',
    values: ['COLLECT COD', 'DELIVER IN PERSON', 'NONE', 'TAKE BACK RETURN'],
  },
  { table: 'orders', kind: 'accepted_values', column: 'o_orderstatus', values: ['F', 'O', 'P'] },
  {
    table: 'orders',
    kind: 'accepted_values',
    column: 'o_orderpriority',
    values: ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'],
  },
  { table: 'lineitem', kind: 'relationships', column: 'l_orderkey', to: 'orders', field: 'o_orderkey' },
  { table: 'orders', kind: 'relationships', column: 'o_custkey', to: 'customer', field: 'c_custkey' },
  { table: 'lineitem', kind: 'accepted_range', column: 'l_quantity', min: '1', max: '50' },
  { table: 'lineitem', kind: 'accepted_range', column: 'l_discount', min: '0', max: '0.1' },
  { table: 'lineitem', kind: 'accepted_range', column: 'l_tax', min: '0', max: '0.08' },
  { table: 'orders', kind: 'accepted_range', column: 'o_totalprice', min: '0', max: '1000000' },
  { table: 'orders', kind: 'row_count', min: 1 },
];

/** What somebody would write by hand: one statement a table, plain checks as aggregates over one scan, keys and references as subqueries of it. */
export function handWritten(schema: string, table: BenchCheck['table']): string {
  const found = TPCH_CHECKS.filter((check) => check.table === table).map(
    (check, at) => `${violations(schema, check)} as check_${at}`,
  );
  return `select ${found.join(',\n  ')}\nfrom ${sqlName(schema, table)};\n`;
}

function violations(schema: string, check: BenchCheck): string {
  const from = sqlName(schema, check.table);
  switch (check.kind) {
    case 'not_null':
      return `count(*) filter (where ${check.column} is null)`;
    case 'accepted_values':
      return `count(*) filter (where ${check.column} not in (${check.values.map(text).join(', ')}))`;
    case 'accepted_range':
      return `count(*) filter (where ${check.column} not between ${check.min} and ${check.max})`;
    case 'row_count':
      return `(count(*) < ${check.min})::int`;
    case 'unique':
      return `(select count(*) from (select 1 from ${from} where ${check.columns[0]} is not null group by ${check.columns.join(', ')} having count(*) > 1) as doubled)`;
    case 'relationships':
      return `(select count(*) from ${from} as a where ${check.column} is not null and not exists (select 1 from ${sqlName(schema, check.to)} as b where b.${check.field} = a.${check.column}))`;
    default:
      return check satisfies never;
  }
}

/** How many of a table's checks find something, as `handWritten` gave them. */
export function failing(row: Readonly<Record<string, string | null>>): number {
  return Object.values(row).filter((value) => value !== '0').length;
}

/**
 * Statements that make, out of a part of `raw`, the schema `dirty`, in which each check but the row count finds exactly one violation, and
 * the schema `empty`, in which the row count does.
 */
export function plantFaults(): readonly string[] {
  const statements = [
    'drop schema if exists dirty cascade',
    'drop schema if exists empty cascade',
    'create schema dirty',
    'create schema empty',
    'create table dirty.orders as select * from raw.orders where o_orderkey <= 40000',
    'create table dirty.lineitem as select * from raw.lineitem where l_orderkey <= 40000',
    'create table dirty.customer as select * from raw.customer',
    ...['lineitem', 'orders', 'customer'].map((table) => `create table empty.${table} (like raw.${table})`),
    'insert into empty.customer select * from raw.customer limit 1',
    'insert into empty.lineitem select * from raw.lineitem limit 1',
  ];
  // Each fault takes an order of its own, so that none hides or doubles another.
  let order = 0;
  const nextOrder = (): string =>
    `(select o_orderkey from dirty.orders where o_orderkey is not null order by o_orderkey offset ${(order += 3)} limit 1)`;
  const spoil = (table: BenchCheck['table'], assignment: string): string =>
    table === 'orders'
      ? `update dirty.orders set ${assignment} where o_orderkey = ${nextOrder()}`
      : `update dirty.lineitem set ${assignment} where l_linenumber = 1 and l_orderkey = ${nextOrder()}`;
  for (const check of TPCH_CHECKS) {
    switch (check.kind) {
      case 'not_null':
        if (check.column === 'o_orderkey')
          // An order without a key would leave its lines without an order.
          statements.push(
            'insert into dirty.orders select null, o_custkey, o_orderstatus, o_totalprice, o_orderdate, o_orderpriority, o_clerk, o_shippriority, o_comment from dirty.orders where o_orderkey = 1',
          );
        else statements.push(spoil(check.table, `${check.column} = null`));
        break;
      case 'accepted_values':
        statements.push(spoil(check.table, `${check.column} = '?'`));
        break;
      case 'accepted_range':
        statements.push(spoil(check.table, `${check.column} = -${Number(check.max) + 1}`));
        break;
      case 'relationships':
        statements.push(spoil(check.table, `${check.column} = 2000000000`));
        break;
      case 'unique':
        statements.push(
          check.table === 'orders'
            ? `insert into dirty.orders select * from dirty.orders where o_orderkey = ${nextOrder()}`
            : `insert into dirty.lineitem select * from dirty.lineitem where l_linenumber = 1 and l_orderkey = ${nextOrder()}`,
        );
        break;
      case 'row_count':
        break;
      default:
        check satisfies never;
    }
  }
  return [...statements, 'analyze'];
}
