{{ config(materialized='table', tags=['kept']) }}
select id * 10 as id, id as parent_id, 5::bigint as big, array['x'] as words, '{"a": 1}'::jsonb as doc, true as ok,
  time '10:00' as at, interval '1 day' as span, now() as seen, '00000000-0000-0000-0000-000000000001'::uuid as uid
from {{ ref('parents') }}
