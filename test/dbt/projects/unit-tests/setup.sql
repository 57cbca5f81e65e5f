create schema if not exists erp;
create table erp.invoices (id integer, customer varchar(4), amount numeric(10,2), issued_at timestamp, paid boolean, doc jsonb);
insert into erp.invoices values (1, 'abcd', 10.25, '2026-01-01 10:00', true, '{"a": 1}'), (2, 'efgh', 3, '2026-01-02', false, null);
