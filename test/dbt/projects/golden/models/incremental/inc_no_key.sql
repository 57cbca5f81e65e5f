select count(*) as n, max(id) as last_id from {{ ref('stg_facts') }}
