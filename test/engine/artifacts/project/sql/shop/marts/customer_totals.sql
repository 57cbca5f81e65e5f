{{ config(materialized='table', tags=['daily'], published=true) }}
with sales as (
  select * from {{ ref('big_sales') }}
),

customers as (
  select * from {{ ref('raw_customers') }}
)

select c.customer_id, c.name, coalesce(sum(s.amount), 0) as total, count(s.sale_id) as sales
from customers as c
left join sales as s using (customer_id)
group by c.customer_id, c.name
