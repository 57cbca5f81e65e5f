/* ---
description: All money of the bank, which is the same at every moment.
grain: one row
owner: drill
--- */
{{ config(materialized='table', published=True) }}

with accounts as (

    select * from {{ source('bank', 'accounts') }}

),

vaults as (

    select * from {{ source('bank', 'vaults') }}

),

final as (

    select
        (select sum(balance) from accounts) + (select sum(balance) from vaults) as balance,
        (select count(*) from accounts) + (select count(*) from vaults) as places

)

select * from final
