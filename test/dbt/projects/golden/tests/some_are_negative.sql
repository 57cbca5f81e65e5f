{{ config(severity='warn') }}
select * from {{ ref('t_macros') }} where money < 5
