select id, doc, doc ->> 'a' as a, paid, issued_at + interval '1 day' as next_day, amount::double precision / 3 as third, '00' || id as padded
from {{ ref('stg_invoices') }}
