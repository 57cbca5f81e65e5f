-- What happened between the first run and the second.
update raw_golden.facts set amount = amount + 1000, updated_at = '2024-02-01' where id in (28, 29);
update raw_golden.facts set amount = -1 where id = 3;
delete from raw_golden.facts where id = 30;
insert into raw_golden.facts
select n, (array['alpha', 'beta', 'gamma'])[1 + n % 3], n * 3.33, timestamp '2024-01-01' + n * interval '5 hours', '2024-02-01', true
from generate_series(31, 40) as n;
update raw_golden.people set email = 'bob@y.test', updated_at = '2024-02-02' where id = 2;
delete from raw_golden.people where id = 3;
insert into raw_golden.people values (5, 'Ed', null, '2024-02-03');
alter table raw_golden.facts add column added_later text default 'new';
