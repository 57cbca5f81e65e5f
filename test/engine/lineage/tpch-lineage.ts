/**
 * The 22 TPC-H queries' lineage, worked out by hand. A column's name tells its table. In `rows` each kind is followed by its columns.
 */
export const TPCH_LINEAGE: Readonly<Record<string, string>> = {
  q01: `
    l_returnflag: direct l_returnflag
    l_linestatus: direct l_linestatus
    sum_qty: aggregated l_quantity
    sum_base_price: aggregated l_extendedprice
    sum_disc_price: aggregated l_extendedprice l_discount
    sum_charge: aggregated l_extendedprice l_discount l_tax
    avg_qty: aggregated l_quantity
    avg_price: aggregated l_extendedprice
    avg_disc: aggregated l_discount
    count_order:
    rows: filter l_shipdate, group_by l_returnflag l_linestatus, sort l_returnflag l_linestatus`,
  q02: `
    s_acctbal: direct s_acctbal
    s_name: direct s_name
    n_name: direct n_name
    p_partkey: direct p_partkey
    p_mfgr: direct p_mfgr
    s_address: direct s_address
    s_phone: direct s_phone
    s_comment: direct s_comment
    rows: filter p_partkey ps_partkey s_suppkey ps_suppkey p_size p_type s_nationkey n_nationkey n_regionkey r_regionkey r_name ps_supplycost, sort s_acctbal n_name s_name p_partkey`,
  q03: `
    l_orderkey: direct l_orderkey
    revenue: aggregated l_extendedprice l_discount
    o_orderdate: direct o_orderdate
    o_shippriority: direct o_shippriority
    rows: filter c_mktsegment c_custkey o_custkey l_orderkey o_orderkey o_orderdate l_shipdate, group_by l_orderkey o_orderdate o_shippriority, sort l_extendedprice l_discount o_orderdate`,
  q04: `
    o_orderpriority: direct o_orderpriority
    order_count:
    rows: filter o_orderdate l_orderkey o_orderkey l_commitdate l_receiptdate, group_by o_orderpriority, sort o_orderpriority`,
  q05: `
    n_name: direct n_name
    revenue: aggregated l_extendedprice l_discount
    rows: filter c_custkey o_custkey l_orderkey o_orderkey l_suppkey s_suppkey c_nationkey s_nationkey n_nationkey n_regionkey r_regionkey r_name o_orderdate, group_by n_name, sort l_extendedprice l_discount`,
  q06: `
    revenue: aggregated l_extendedprice l_discount
    rows: filter l_shipdate l_discount l_quantity`,
  q07: `
    supp_nation: direct n_name
    cust_nation: direct n_name
    l_year: derived l_shipdate
    revenue: aggregated l_extendedprice l_discount
    rows: filter s_suppkey l_suppkey o_orderkey l_orderkey c_custkey o_custkey s_nationkey n_nationkey c_nationkey n_name l_shipdate, group_by n_name l_shipdate, sort n_name l_shipdate`,
  q08: `
    o_year: derived o_orderdate
    mkt_share: aggregated l_extendedprice l_discount | conditional n_name
    rows: filter p_partkey l_partkey s_suppkey l_suppkey l_orderkey o_orderkey o_custkey c_custkey c_nationkey n_nationkey n_regionkey r_regionkey r_name s_nationkey o_orderdate p_type, group_by o_orderdate, sort o_orderdate`,
  q09: `
    nation_name: direct n_name
    o_year: derived o_orderdate
    sum_profit: aggregated l_extendedprice l_discount ps_supplycost l_quantity
    rows: filter s_suppkey l_suppkey ps_suppkey ps_partkey l_partkey p_partkey o_orderkey l_orderkey s_nationkey n_nationkey p_name, group_by n_name o_orderdate, sort n_name o_orderdate`,
  q10: `
    c_custkey: direct c_custkey
    c_name: direct c_name
    revenue: aggregated l_extendedprice l_discount
    c_acctbal: direct c_acctbal
    n_name: direct n_name
    c_address: direct c_address
    c_phone: direct c_phone
    c_comment: direct c_comment
    rows: filter c_custkey o_custkey l_orderkey o_orderkey o_orderdate l_returnflag c_nationkey n_nationkey, group_by c_custkey c_name c_acctbal c_phone n_name c_address c_comment, sort l_extendedprice l_discount`,
  q11: `
    ps_partkey: direct ps_partkey
    value: aggregated ps_supplycost ps_availqty
    rows: filter ps_suppkey s_suppkey s_nationkey n_nationkey n_name ps_supplycost ps_availqty, group_by ps_partkey, sort ps_supplycost ps_availqty`,
  q12: `
    l_shipmode: direct l_shipmode
    high_line_count: | conditional o_orderpriority
    low_line_count: | conditional o_orderpriority
    rows: filter o_orderkey l_orderkey l_shipmode l_commitdate l_receiptdate l_shipdate, group_by l_shipmode, sort l_shipmode`,
  q13: `
    c_count: aggregated o_orderkey
    custdist:
    rows: join c_custkey o_custkey o_comment, group_by c_custkey o_orderkey, sort o_orderkey`,
  q14: `
    promo_revenue: aggregated l_extendedprice l_discount | conditional p_type
    rows: filter l_partkey p_partkey l_shipdate`,
  q15: `
    s_suppkey: direct s_suppkey
    s_name: direct s_name
    s_address: direct s_address
    s_phone: direct s_phone
    total_revenue: aggregated l_extendedprice l_discount
    rows: filter l_shipdate s_suppkey l_suppkey l_extendedprice l_discount, group_by l_suppkey, sort s_suppkey`,
  q16: `
    p_brand: direct p_brand
    p_type: direct p_type
    p_size: direct p_size
    supplier_cnt: aggregated ps_suppkey
    rows: filter p_partkey ps_partkey p_brand p_type p_size ps_suppkey s_suppkey s_comment, group_by p_brand p_type p_size, sort ps_suppkey p_brand p_type p_size`,
  q17: `
    avg_yearly: aggregated l_extendedprice
    rows: filter p_partkey l_partkey p_brand p_container l_quantity`,
  q18: `
    c_name: direct c_name
    c_custkey: direct c_custkey
    o_orderkey: direct o_orderkey
    o_orderdate: direct o_orderdate
    o_totalprice: direct o_totalprice
    qty: aggregated l_quantity
    rows: filter o_orderkey l_orderkey l_quantity c_custkey o_custkey, group_by c_name c_custkey o_orderkey o_orderdate o_totalprice, sort o_totalprice o_orderdate`,
  q19: `
    revenue: aggregated l_extendedprice l_discount
    rows: filter p_partkey l_partkey l_shipmode l_shipinstruct p_brand p_container l_quantity p_size`,
  q20: `
    s_name: direct s_name
    s_address: direct s_address
    rows: filter s_suppkey ps_suppkey ps_partkey p_partkey p_name ps_availqty l_quantity l_partkey l_suppkey l_shipdate s_nationkey n_nationkey n_name, sort s_name`,
  q21: `
    s_name: direct s_name
    numwait:
    rows: filter s_suppkey l_suppkey o_orderkey l_orderkey o_orderstatus l_receiptdate l_commitdate s_nationkey n_nationkey n_name, group_by s_name, sort s_name`,
  q22: `
    cntrycode: derived c_phone
    numcust:
    totacctbal: aggregated c_acctbal
    rows: filter c_phone c_acctbal o_custkey c_custkey, group_by c_phone, sort c_phone`,
};
