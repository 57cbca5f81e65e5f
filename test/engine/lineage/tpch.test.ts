import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeLineage, expected } from './describe-lineage.ts';
import { TPCH_LINEAGE } from './tpch-lineage.ts';
import { traceSql } from './trace-sql.ts';

const COLUMNS = {
  region: 'r_regionkey r_name r_comment',
  nation: 'n_nationkey n_name n_regionkey n_comment',
  supplier: 's_suppkey s_name s_address s_nationkey s_phone s_acctbal s_comment',
  customer: 'c_custkey c_name c_address c_nationkey c_phone c_acctbal c_mktsegment c_comment',
  part: 'p_partkey p_name p_mfgr p_brand p_type p_size p_container p_retailprice p_comment',
  partsupp: 'ps_partkey ps_suppkey ps_availqty ps_supplycost ps_comment',
  orders:
    'o_orderkey o_custkey o_orderstatus o_totalprice o_orderdate o_orderpriority o_clerk o_shippriority o_comment',
  lineitem:
    'l_orderkey l_partkey l_suppkey l_linenumber l_quantity l_extendedprice l_discount l_tax l_returnflag l_linestatus l_shipdate l_commitdate l_receiptdate l_shipinstruct l_shipmode l_comment',
} as const;
const TABLES = Object.fromEntries(Object.entries(COLUMNS).map(([table, columns]) => [table, columns.split(' ')]));

test.each(Object.entries(TPCH_LINEAGE))('TPC-H %s', async (query, lineage) => {
  const sql = readFileSync(new URL(`tpch/${query}.sql`, import.meta.url), 'utf8');
  expect(describeLineage(await traceSql(sql, TABLES))).toEqual(expected(written(lineage)));
});

test('all 22 are here', () => {
  expect(Object.keys(TPCH_LINEAGE)).toHaveLength(22);
});

/** `filter l_shipdate l_tax` as `filter lineitem.l_shipdate, filter lineitem.l_tax`. */
function written(lineage: string): string {
  return lineage.replaceAll(
    /\b(direct|derived|aggregated|filter|join|group_by|sort|conditional)((?: \w+)+)/g,
    (_all, kind: string, columns: string) =>
      columns
        .trim()
        .split(' ')
        .map((column) => `${kind} ${tableOf(column)}.${column}`)
        .join(', '),
  );
}

function tableOf(column: string): string {
  const table = Object.entries(TABLES).find(([, columns]) => columns.includes(column));
  if (!table) throw new Error(`no table has ${column}`);
  return table[0];
}
