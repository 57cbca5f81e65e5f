/** What is known of the tables in schema s: `unknown` and `unknown2` stand in no catalog. */
export const TABLES = {
  t: ['id', 'a', 'b', 'c', 'day'],
  u: ['id', 'z', 'tid'],
  w: ['id', 'z', 'doc', 'tags'],
} as const;

/** Queries with the lineage that Postgres' rules give, worked out by hand. */
export const QUERIES: readonly (readonly [name: string, sql: string, lineage: string])[] = [
  ['a column under another name is direct', 'select id, a as x from s.t', `id: direct t.id\nx: direct t.a`],
  ['an expression is derived', 'select a + b as x from s.t', 'x: derived t.a, derived t.b'],
  ['a cast is derived and keeps the name', 'select a::text from s.t', 'a: derived t.a'],
  ['a cast of a constant takes the type as its name', "select '1'::int from s.t", 'int4:'],
  ['a collation changes no value', 'select a collate "C" as a from s.t', 'a: direct t.a'],
  ['a constant has no origin', "select 1 as one, 'x' as x, null as n", 'one:\nx:\nn:'],
  ['an expression without a name is called ?column?', 'select a || b from s.t', '?column?: derived t.a, derived t.b'],
  [
    'a function gives its name',
    'select coalesce(a, b), upper(c) from s.t',
    'coalesce: derived t.a, derived t.b\nupper: derived t.c',
  ],
  [
    'star takes every column in order',
    'select * from s.t',
    'id: direct t.id\na: direct t.a\nb: direct t.b\nc: direct t.c\nday: direct t.day',
  ],
  [
    'star of one of two',
    'select u.*, t.a from s.t, s.u where t.id = u.tid',
    'id: direct u.id\nz: direct u.z\ntid: direct u.tid\na: direct t.a\nrows: filter t.id, filter u.tid',
  ],
  [
    'bare names find their table by the catalog',
    'select a, z from s.t join s.u on t.id = tid',
    'a: direct t.a\nz: direct u.z\nrows: join t.id, join u.tid',
  ],
  ['an alias hides the table name', 'select x.a from s.t as x', 'a: direct t.a'],
  ['a schema qualifies', 'select s.t.a from s.t', 'a: direct t.a'],
  [
    'columns renamed by an alias',
    'select p, q, b from s.t as x (p, q)',
    'p: direct t.id\nq: direct t.a\nb: direct t.b',
  ],
  ['quoted names keep their case', 'select a as "A", b as "odd name" from s.t', 'A: direct t.a\nodd name: direct t.b'],

  [
    'an aggregate',
    'select a, sum(b) as total, count(*) as n from s.t group by a',
    'a: direct t.a\ntotal: aggregated t.b\nn:\nrows: group_by t.a',
  ],
  [
    'an aggregate within an expression stays aggregated',
    'select round(sum(b) / count(c), 2) as x from s.t',
    'x: aggregated t.b, aggregated t.c',
  ],
  [
    'an aggregate filter decides',
    'select sum(a) filter (where b > 1) as x from s.t',
    'x: aggregated t.a | conditional t.b',
  ],
  [
    'order within an aggregate',
    'select string_agg(a, b order by c) as x from s.t',
    'x: aggregated t.a, aggregated t.b | sort t.c',
  ],
  [
    'an ordered set aggregate works on its order',
    'select percentile_cont(0.5) within group (order by a) as x from s.t',
    'x: aggregated t.a',
  ],
  ['distinct makes any function an aggregate', 'select my_agg(distinct a) as x from s.t', 'x: aggregated t.a'],
  [
    'group by position',
    'select upper(a), count(*) from s.t group by 1',
    'upper: derived t.a\ncount:\nrows: group_by t.a',
  ],
  [
    'group by an alias',
    "select date_trunc('month', day) as month, max(a) as a from s.t group by month",
    'month: derived t.day\na: aggregated t.a\nrows: group_by t.day',
  ],
  [
    'group by a column of the input before an alias of the same name',
    'select b as a, count(*) as n from s.t group by a, b',
    'a: direct t.b\nn:\nrows: group_by t.a, group_by t.b',
  ],
  [
    'order by an alias before a column of the input',
    'select b as a from s.t order by a',
    'a: direct t.b\nrows: sort t.b',
  ],
  [
    'grouping sets',
    'select a, b, grouping(a) as g, sum(c) as s from s.t group by rollup (a, b)',
    'a: direct t.a\nb: direct t.b\ng: derived t.a\ns: aggregated t.c\nrows: group_by t.a, group_by t.b',
  ],
  ['having filters', 'select a from s.t group by a having sum(b) > 0', 'a: direct t.a\nrows: filter t.b, group_by t.a'],
  [
    'distinct on',
    'select distinct on (a) a, b from s.t order by a, day desc',
    'a: direct t.a\nb: direct t.b\nrows: group_by t.a, sort t.a, sort t.day',
  ],
  ['plain distinct', 'select distinct a from s.t', 'a: direct t.a'],

  ['a window', 'select row_number() over (partition by a order by day) as n from s.t', 'n: | window t.a, window t.day'],
  ['a window aggregate', 'select sum(b) over (partition by a) as x from s.t', 'x: aggregated t.b | window t.a'],
  ['lag is derived', 'select lag(b, 1) over (order by day) as x from s.t', 'x: derived t.b | window t.day'],
  [
    'a named window and one that extends it',
    'select sum(b) over w as x, sum(b) over (w order by c) as y from s.t window w as (partition by a)',
    'x: aggregated t.b | window t.a\ny: aggregated t.b | window t.a, window t.c',
  ],

  [
    'case: results are values, conditions decide',
    'select case when a > 0 then b else c end as x from s.t',
    'x: derived t.b, derived t.c | conditional t.a',
  ],
  [
    'case takes its name from else',
    'select case when a > 0 then 0 else c end from s.t',
    'c: derived t.c | conditional t.a',
  ],
  ['simple case', "select case a when 'x' then b end from s.t", 'case: derived t.b | conditional t.a'],
  [
    'a sum of a case',
    "select sum(case when a = 'x' then b else 0 end) as x from s.t",
    'x: aggregated t.b | conditional t.a',
  ],

  [
    'a common table expression',
    'with x as (select a as p, b from s.t where c > 0) select p from x',
    'p: direct t.a\nrows: filter t.c',
  ],
  [
    'one that nothing reads does not count',
    'with x as (select a from s.t where c > 0) select z from s.u',
    'z: direct u.z',
  ],
  [
    'a chain keeps what changed most',
    'with x as (select a + 1 as p from s.t), y as (select sum(p) as q from x), z as (select q * 2 as r from y) select r from z',
    'r: aggregated t.a',
  ],
  ['one that hides a table of its name', 'with u as (select a as z from s.t) select z from u', 'z: direct t.a'],
  ['a schema goes past it', 'with u as (select a as z from s.t) select z from s.u', 'z: direct u.z'],
  ['column names given to it', 'with x (p, q) as (select a, b from s.t) select q from x', 'q: direct t.b'],
  ['nested with', 'with x as (with y as (select a from s.t) select a as b from y) select b from x', 'b: direct t.a'],
  [
    'the same name inside means what was before',
    'with x as (select a from s.t) select * from (with x as (select a as b from x) select b from x) as y',
    'b: direct t.a',
  ],
  [
    'dbt style: star passes through',
    'with source as (select * from s.t), renamed as (select id as t_id, a as amount from source) select * from renamed',
    't_id: direct t.id\namount: direct t.a',
  ],
  [
    'recursion',
    'with recursive r as (select id, 0 as depth, a from s.t where a is null union all select u.id, r.depth + 1, r.a from r join s.u on u.tid = r.id) select id, depth, a from r',
    'id: direct t.id, direct u.id\ndepth:\na: direct t.a\nrows: filter t.a, join u.tid, join t.id, join u.id',
  ],
  [
    'recursion that carries a path',
    'with recursive r (id, path) as (select id, a::text from s.t union all select u.id, r.path || u.z from r, s.u where u.tid = r.id) select path from r',
    'path: derived t.a, derived u.z\nrows: filter u.tid, filter t.id, filter u.id',
  ],
  [
    'search and cycle add columns',
    'with recursive r as (select id from s.t union all select u.id from r join s.u on u.tid = r.id) search depth first by id set seq cycle id set looped using path select seq, looped, path from r',
    'seq: derived t.id, derived u.id\nlooped: derived t.id, derived u.id\npath: derived t.id, derived u.id\nrows: join t.id, join u.tid, join u.id',
  ],

  ['a subquery', 'select x.p from (select a as p from s.t where b > 0) as x', 'p: direct t.a\nrows: filter t.b'],
  [
    'a scalar subquery',
    'select id, (select max(z) from s.u where u.tid = t.id) as last from s.t',
    'id: direct t.id\nlast: aggregated u.z | filter u.tid, filter t.id',
  ],
  [
    'a scalar subquery without a name takes that of its column',
    'select (select max(z) from s.u) from s.t',
    'max: aggregated u.z',
  ],
  [
    'exists as a value',
    'select exists (select 1 from s.u where u.tid = t.id) as has from s.t',
    'has: | filter u.tid, filter t.id',
  ],
  [
    'in with a subquery as a filter',
    'select a from s.t where id in (select tid from s.u where z > 0)',
    'a: direct t.a\nrows: filter t.id, filter u.tid, filter u.z',
  ],
  [
    'not exists',
    'select a from s.t where not exists (select from s.u where u.tid = t.id)',
    'a: direct t.a\nrows: filter u.tid, filter t.id',
  ],
  [
    'array of a subquery',
    'select array(select z from s.u where u.tid = t.id order by u.id) as zs from s.t',
    'zs: aggregated u.z | filter u.tid, filter t.id, sort u.id',
  ],
  [
    'a bare name in a subquery is looked up inside first',
    'select a from s.t where exists (select 1 from s.u where id = 1 and tid = a)',
    'a: direct t.a\nrows: filter u.id, filter u.tid, filter t.a',
  ],
  [
    'lateral',
    'select t.id, x.top from s.t left join lateral (select max(u.z) as top from s.u where u.tid = t.id) as x on true',
    'id: direct t.id\ntop: aggregated u.z\nrows: filter u.tid, filter t.id',
  ],
  [
    'a lateral function',
    'select t.id, tag from s.w as t, unnest(t.tags) as tag',
    'id: direct w.id\ntag: derived w.tags',
  ],
  ['generate_series', 'select n, t.a from s.t, generate_series(1, t.b) as g (n)', 'n: derived t.b\na: direct t.a'],
  [
    'a function with ordinality',
    'select x, nr from s.w, unnest(tags) with ordinality as g (x, nr)',
    'x: derived w.tags\nnr:',
  ],
  [
    'jsonb_each',
    'select id, key, value from s.w, jsonb_each(doc)',
    'id: direct w.id\nkey: derived w.doc\nvalue: derived w.doc',
  ],
  [
    'a function with a column list',
    'select r.p from s.w, jsonb_to_recordset(doc) as r (p int, q text)',
    'p: derived w.doc',
  ],
  ['a function of one’s own', 'select f.anything from s.w, my_function(doc) as f', 'anything: derived w.doc'],
  ['json_table', "select j.p from s.w, json_table(doc, '$[*]' columns (p int path '$.p')) as j", 'p: derived w.doc'],
  ['values', "select v.code, v.name from (values (1, 'x'), (2, 'y')) as v (code, name)", 'code:\nname:'],
  ['values as a statement', 'values (1, 2), (3, 4)', 'column1:\ncolumn2:'],
  ['table as a statement', 'table s.u', 'id: direct u.id\nz: direct u.z\ntid: direct u.tid'],

  [
    'union all by position',
    'select id, a from s.t union all select tid, z + 1 from s.u',
    'id: direct t.id, direct u.tid\na: direct t.a, derived u.z',
  ],
  [
    'a longer union with order',
    'select id from s.t union select id from s.u union select id from s.w order by 1',
    'id: direct t.id, direct u.id, direct w.id\nrows: sort t.id, sort u.id, sort w.id',
  ],
  [
    'intersect gives rows of the left',
    'select id from s.t intersect select tid from s.u',
    'id: direct t.id\nrows: filter u.tid',
  ],
  [
    'except gives rows of the left',
    'select id, a from s.t except select tid, z from s.u',
    'id: direct t.id\na: direct t.a\nrows: filter u.tid, filter u.z',
  ],
  [
    'union in a common table expression',
    'with x as (select id, a as v from s.t union all select id, z from s.u) select sum(v) as v from x',
    'v: aggregated t.a, aggregated u.z',
  ],

  [
    'join using takes the left side',
    'select id, a, z from s.t join s.u using (id)',
    'id: direct t.id\na: direct t.a\nz: direct u.z\nrows: join t.id, join u.id',
  ],
  [
    'right join using takes the right side',
    'select id from s.t right join s.u using (id)',
    'id: direct u.id\nrows: join t.id, join u.id',
  ],
  [
    'full join using takes both',
    'select id from s.t full join s.u using (id)',
    'id: derived t.id, derived u.id\nrows: join t.id, join u.id',
  ],
  [
    'star after using has the column once',
    'select * from s.u join s.w using (id, z)',
    'id: direct u.id\nz: direct u.z\ntid: direct u.tid\ndoc: direct w.doc\ntags: direct w.tags\nrows: join u.id, join w.id, join u.z, join w.z',
  ],
  [
    'a side of using by its own name',
    'select u.id as u_id from s.t left join s.u using (id)',
    'u_id: direct u.id\nrows: join t.id, join u.id',
  ],
  [
    'natural join',
    'select * from s.u natural join s.w',
    'id: direct u.id\nz: direct u.z\ntid: direct u.tid\ndoc: direct w.doc\ntags: direct w.tags\nrows: join u.id, join w.id, join u.z, join w.z',
  ],
  [
    'an alias of a join',
    'select j.a, j.z from (s.t join s.u on t.id = u.tid) as j (p, a, q, r, d, uid, z)',
    'a: direct t.a\nz: direct u.z\nrows: join t.id, join u.tid',
  ],
  [
    'three tables',
    'select t.a, u.z, w.doc from s.t left join s.u on u.tid = t.id left join s.w on w.id = u.id',
    'a: direct t.a\nz: direct u.z\ndoc: direct w.doc\nrows: join u.tid, join t.id, join w.id, join u.id',
  ],
  [
    'a self join',
    'select x.a as xa, y.a as ya from s.t x join s.t y on x.id = y.b',
    'xa: direct t.a\nya: direct t.a\nrows: join t.id, join t.b',
  ],

  [
    'a whole row',
    'select to_jsonb(u) as j, count(u.*) as n from s.u group by u.id',
    'j: derived u.id, derived u.z, derived u.tid\nn: aggregated u.id, aggregated u.z, aggregated u.tid\nrows: group_by u.id',
  ],
  [
    'a field of a composite column',
    'select (doc).p as p, tags[1] as first from s.w',
    'p: derived w.doc\nfirst: derived w.tags',
  ],
  ['json operators', "select doc -> 'a' ->> 'b' as ab from s.w", 'ab: derived w.doc'],
  [
    'extract, interval, at time zone',
    "select extract(year from day) as y, day + interval '1 day' as d, day at time zone 'UTC' from s.t",
    'y: derived t.day\nd: derived t.day\ntimezone: derived t.day',
  ],
  ['a system column', 'select ctid, t.xmin from s.t', 'ctid: direct t.ctid\nxmin: direct t.xmin'],

  [
    'a table that stands in no catalog: names suffice',
    'select id, upper(name) as name from s.unknown where kind = 1',
    'id: direct unknown.id\nname: derived unknown.name\nrows: filter unknown.kind',
  ],
  [
    'star of it passes through',
    'with x as (select * from s.unknown) select id, name as n from x',
    'id: direct unknown.id\nn: direct unknown.name',
  ],
  [
    'star of it at the end is said',
    'select * from s.unknown',
    'unresolved *: the columns of "s"."unknown" are not known',
  ],
  [
    'a bare name that could be of two is said',
    'select id, x.name, name from s.unknown x join s.unknown2 y on x.id = y.id',
    'id:\nname: direct unknown.name\nname:\nrows: join unknown.id, join unknown2.id\nunresolved id: id may be a column of "s"."unknown" or "s"."unknown2": their columns are not known\nunresolved name: name may be a column of "s"."unknown" or "s"."unknown2": their columns are not known',
  ],
  [
    'a bare name beside a known table that has it',
    'select a, name from s.t, s.unknown',
    'a: direct t.a\nname: direct unknown.name',
  ],
  [
    'a union with it by position is said',
    'select id, a from s.t union all select * from s.unknown',
    'id:\na:\nunresolved id: id is matched by its position with a column of "s"."unknown": its columns are not known\nunresolved a: a is matched by its position with a column of "s"."unknown": its columns are not known',
  ],
  [
    'a column that a table does not have is said',
    'select t.nope from s.t',
    'nope:\nunresolved nope: t has no column nope',
  ],
  ['a relation that is not there is said', 'select q.a from s.t', 'a:\nunresolved a: there is no relation for q.a'],
  [
    'a bare name in a subquery over it may be of the query around',
    'select 1 as one from s.t where exists (select 1 from s.unknown where a = 1)',
    'one:\nunresolved rows: a may be a column of this query or of the one around it',
  ],
  ['what is no select is said', 'delete from s.t', 'unresolved rows: the SQL is not a select'],
  ['what cannot be parsed is said', 'select from where', "unresolved rows: Postgres' parser refuses the SQL"],
];
