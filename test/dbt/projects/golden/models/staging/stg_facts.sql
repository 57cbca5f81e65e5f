{{ config(event_time='happened_at') }}
select * from {{ source('golden_src', 'facts') }}
{% if var('only_active') %}where active{% endif %}
