with source as (

    select * from {{ source('web', 'events') }}

),

deduplicated as (

    select
        *,
        row_number() over (partition by event_id order by received_at desc) as delivery
    from source

),

final as (

    select
        event_id::bigint as event_id,
        lower(trim(event_type)) as event_type,
        nullif(visitor, '') as visitor_id,
        user_id,
        event_at,
        {{ dbt.date_trunc('day', 'event_at') }}::date as event_date,
        {{ get_url_part('url', 'path') }} as path,
        {{ get_url_part('url', 'host') }} as host,
        url,
        referrer,
        (properties ->> 'amount')::numeric(12, 2) as amount,
        properties ->> 'sku' as sku
    from deduplicated
    where delivery = 1
        and lower(trim(event_type)) in (
            {%- for event_type in var('event_types') %}'{{ event_type }}'{{ ', ' if not loop.last }}{% endfor -%}
        )

)

select * from final
