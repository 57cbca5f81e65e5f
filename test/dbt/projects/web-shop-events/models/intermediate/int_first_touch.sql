with landing as (

    select
        session_id,
        coalesce(referrer, '') || ' ' || url as seen,
        row_number() over (partition by session_id order by event_at, event_id) as n
    from {{ ref('int_events_sessionised') }}

),

matched as (

    select
        landing.session_id,
        rules.channel,
        row_number() over (partition by landing.session_id order by rules.priority) as preference
    from landing
    inner join {{ ref('channel_rules') }} as rules
        on landing.seen like rules.pattern
    where landing.n = 1

)

select session_id, channel
from matched
where preference = 1
