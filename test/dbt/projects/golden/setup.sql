create schema raw_golden;
create table raw_golden.facts (id integer, kind text, amount numeric(12, 2), happened_at timestamp, updated_at timestamp, active boolean);
insert into raw_golden.facts
select n, (array['alpha', 'beta', 'gamma'])[1 + n % 3], n * 3.33, timestamp '2024-01-01' + n * interval '5 hours',
  timestamp '2024-01-01' + n * interval '5 hours', n % 7 <> 0
from generate_series(1, 30) as n;
create table raw_golden.people (id integer, name text, email text, updated_at timestamp);
insert into raw_golden.people values
  (1, 'Ann', 'ann@x.test', '2024-01-01'), (2, 'Bob', 'bob@x.test', '2024-01-01'), (3, 'Cy', null, '2024-01-01'), (4, 'Di', 'di@x.test', '2024-01-01');
