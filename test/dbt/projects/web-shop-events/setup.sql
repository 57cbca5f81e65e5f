-- The tables of the source, as both tools find them.
create schema raw_web;
create table raw_web.events (
  event_id text, event_type text, visitor text, user_id integer, event_at timestamp, received_at timestamptz,
  url text, referrer text, properties jsonb
);
insert into raw_web.events
select
  n::text,
  (array['page_view', 'PAGE_VIEW ', 'add_to_cart', 'checkout', 'purchase', 'page_view'])[1 + (n * 7) % 6],
  case when n % 13 = 0 then '' else 'v' || (n * 5) % 11 end,
  case when (n * 5) % 11 < 5 then (n * 5) % 11 end,
  timestamp '2024-03-01 08:00' + (n * n % 17) * interval '7 minutes' + (n / 60) * interval '9 hours',
  timestamptz '2024-03-20 00:00+00' + n * interval '1 second',
  'https://' || case when n % 4 = 0 then 'm.shop.example' else 'shop.example' end || '/p/' || n % 9
    || case when n % 5 = 0 then '?utm_source=news' when n % 7 = 0 then '?utm_source=ads&x=1#top' else '' end,
  case when n % 3 = 0 then 'https://search.example/?q=a' end,
  case when (n * 7) % 6 = 4 then jsonb_build_object('amount', (n * 37 % 1000) / 10.0, 'sku', 'S-' || n % 4) else '{}' end
from generate_series(1, 400) as n;
insert into raw_web.events select * from raw_web.events where event_id::integer % 50 = 0;
create table raw_web.users (user_id integer primary key, email text, signed_up text, is_active boolean);
insert into raw_web.users
select n, 'user' || n || '@' || (array['mail.test', 'corp.example', 'x.io'])[1 + n % 3], '2024-01-' || lpad(n::text, 2, '0'), n % 2 = 0
from generate_series(1, 9) as n;
insert into raw_web.users values (10, null, null, null);
create table raw_web."OrderLines" ("orderId" uuid, "Sku" varchar(10), qty smallint, price numeric(10, 3), "loadedAt" timestamptz default '2024-03-20 00:00+00');
insert into raw_web."OrderLines" ("orderId", "Sku", qty, price)
select md5(n::text)::uuid, 'S-' || n % 4, n % 5, n * 1.125 from generate_series(1, 20) as n;
