{{ config(severity='error', tags=['singular']) }}
select f.id from {{ ref('stg_facts') }} as f
left join {{ ref('con_typed') }} as c on c.id = f.id and c.day = f.happened_at::date
where c.id is null
