with source as (

    select * from {{ ref('raw_payments') }}

),

renamed as (

    select
        id as payment_id,
        order_id,
        payment_method,

        -- `amount` is kept in cents, so it is brought to whole units
        amount / 100.0 as amount

    from source

)

select * from renamed
