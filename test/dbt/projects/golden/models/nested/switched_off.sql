{{ config(enabled=var('with_extra', false)) }}
select 1 as n
