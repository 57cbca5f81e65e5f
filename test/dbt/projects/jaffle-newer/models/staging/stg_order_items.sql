with

source as (

    select * from {{ source('ecom', 'raw_items') }}

    -- data runs to 2026, so that rows of the future are left out
),

renamed as (

    select

        ----------  ids
        id as order_item_id,
        order_id,
        sku as product_id

    from source

)

select * from renamed
