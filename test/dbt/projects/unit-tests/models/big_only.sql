{{ config(materialized='ephemeral') }}
select id, customer, amount from {{ ref('stg_invoices') }} where amount >= {{ var('threshold') }}
