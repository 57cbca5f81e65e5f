with sessions as (
    select user_id, count(*) as sessions, sum(revenue) as revenue, min(started_at) as first_seen
    from {{ ref('fct_sessions') }}
    where user_id is not null
    group by user_id
)
select
    users.*,
    coalesce(sessions.sessions, 0) as sessions,
    sessions.revenue,
    sessions.first_seen,
    ntile(3) over (order by coalesce(sessions.revenue, 0), users.user_id) as tier,
    {% for d in range(1, 4) -%}
    sum(case when extract(isodow from sessions.first_seen) = {{ d }} then 1 else 0 end) over () as weekday_{{ d }}{% if not loop.last %},{% endif %}
    {% endfor %}
from {{ ref('stg_web__users') }} as users
left join sessions using (user_id)
