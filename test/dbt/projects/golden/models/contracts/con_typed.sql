select id, kind::varchar(20) as kind, amount::numeric(14, 2) as amount, happened_at::date as day
from {{ ref('stg_facts') }}
