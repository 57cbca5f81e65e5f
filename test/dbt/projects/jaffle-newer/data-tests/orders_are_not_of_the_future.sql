{{ config(severity='warn') }}

select order_id
from {{ ref('orders') }}
where ordered_at > '2030-01-01'
