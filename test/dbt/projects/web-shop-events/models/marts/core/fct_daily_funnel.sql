{% set steps = ['page_view', 'add_to_cart', 'checkout', 'purchase'] %}

with days as (

    {{ dbt.date_spine(
        datepart="day",
        start_date="cast('" ~ var('start_date') ~ "' as date)",
        end_date="cast('" ~ var('end_date') ~ "' as date)"
    ) }}

),

per_day as (

    select
        event_date,
        {% for step in steps %}
        count(distinct visitor_id) filter (where event_type = '{{ step }}') as {{ step }}_visitors{{ ',' if not loop.last else '' }}
        {% endfor %}
    from {{ ref('stg_web__events') }}
    group by 1

)

select
    days.date_day::date as date_day,
    {% for step in steps %}
    coalesce({{ step }}_visitors, 0) as {{ step }}_visitors,
    {%- if loop.previtem is defined %}
    round(coalesce({{ step }}_visitors, 0)::numeric / nullif({{ loop.previtem }}_visitors, 0), 4) as {{ loop.previtem }}_to_{{ step }},
    {%- endif %}
    {% endfor %}
    sum(coalesce(purchase_visitors, 0)) over (order by days.date_day rows between 6 preceding and current row) as purchases_7d,
    {{ dbt.last_day('days.date_day', 'month') }} as month_end,
    {{ dbt.dateadd('day', -7, 'days.date_day') }} as week_before
from days
left join per_day on per_day.event_date = days.date_day::date
