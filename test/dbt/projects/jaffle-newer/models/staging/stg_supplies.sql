with

source as (

    select * from {{ source('ecom', 'raw_supplies') }}

    -- data runs to 2026, so that rows of the future are left out
),

renamed as (

    select

        ----------  ids
        {{ surrogate_key(['id', 'sku']) }} as supply_uuid,
        id as supply_id,
        sku as product_id,

        ---------- text
        name as supply_name,

        ---------- numerics
        {{ cents_to_dollars('cost') }} as supply_cost,

        ---------- booleans
        perishable as is_perishable_supply

    from source

)

select * from renamed
