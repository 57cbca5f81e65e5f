/** A table that is moved, and what each way must have landed of it. */
export interface BenchTable {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly key: readonly string[];
  readonly totals: readonly string[];
}

/** TPC-H's two big tables, types as the specification names them. */
export const LINEITEM: BenchTable = {
  name: 'lineitem',
  columns: [
    ['l_orderkey', 'integer'],
    ['l_partkey', 'integer'],
    ['l_suppkey', 'integer'],
    ['l_linenumber', 'integer'],
    ['l_quantity', 'numeric(15,2)'],
    ['l_extendedprice', 'numeric(15,2)'],
    ['l_discount', 'numeric(15,2)'],
    ['l_tax', 'numeric(15,2)'],
    ['l_returnflag', 'char(1)'],
    ['l_linestatus', 'char(1)'],
    ['l_shipdate', 'date'],
    ['l_commitdate', 'date'],
    ['l_receiptdate', 'date'],
    ['l_shipinstruct', 'char(25)'],
    ['l_shipmode', 'char(10)'],
    ['l_comment', 'varchar(44)'],
  ],
  key: ['l_orderkey', 'l_linenumber'],
  totals: ['l_quantity', 'l_extendedprice'],
};

export const ORDERS: BenchTable = {
  name: 'orders',
  columns: [
    ['o_orderkey', 'integer'],
    ['o_custkey', 'integer'],
    ['o_orderstatus', 'char(1)'],
    ['o_totalprice', 'numeric(15,2)'],
    ['o_orderdate', 'date'],
    ['o_orderpriority', 'char(15)'],
    ['o_clerk', 'char(15)'],
    ['o_shippriority', 'integer'],
    ['o_comment', 'varchar(79)'],
  ],
  key: ['o_orderkey'],
  totals: ['o_totalprice'],
};

export function createTable(table: BenchTable, as = table.name): string {
  return `create table ${as} (${table.columns.map(([name, type]) => `${name} ${type} not null`).join(', ')})`;
}
