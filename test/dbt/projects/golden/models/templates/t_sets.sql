with a as (select kind from {{ ref('stg_facts') }} where id < 10),
b as (select kind from {{ ref('limits') }})
(select kind, 'both' as found from a {{ dbt.intersect() }} select kind, 'both' from b)
union all
(select kind, 'only b' from b {{ dbt.except() }} select kind, 'only b' from a)
