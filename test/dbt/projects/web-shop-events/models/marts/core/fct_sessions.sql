{%- set event_types = ['page_view', 'add_to_cart', 'checkout', 'purchase'] -%}

with events as (

    select * from {{ ref('int_events_sessionised') }}

),

sessions as (

    select
        session_id,
        visitor_id,
        max(user_id) as user_id,
        min(event_at) as started_at,
        max(event_at) as ended_at,
        {% for event_type in event_types -%}
        count(*) filter (where event_type = '{{ event_type }}') as {{ event_type }}s
        {%- if not loop.last %},{% endif %}
        {% endfor -%}
        , sum(amount) as revenue,
        {{ dbt.listagg('event_type', "' > '", "order by event_at, event_id") }} as journey,
        {{ dbt.any_value('host') }} is not null as has_host,
        {{ dbt.bool_or("event_type = 'purchase'") }} as converted
    from events
    group by session_id, visitor_id

)

select
    sessions.*,
    first_touch.channel,
    {{ dbt.datediff('started_at', 'ended_at', 'second') }} as seconds,
    case
        {%- for low, name in [(3, 'long'), (2, 'middle'), (0, 'short')] %}
        when page_views + add_to_carts >= {{ low }} then '{{ name }}'
        {%- endfor %}
    end as depth
from sessions
left join {{ ref('int_first_touch') }} as first_touch using (session_id)
