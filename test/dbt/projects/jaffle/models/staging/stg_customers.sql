with source as (

    {#-
    Normally a table of a source system would be read here, but this
    project reads seeds to be complete in itself
    #}
    select * from {{ ref('raw_customers') }}

),

renamed as (

    select
        id as customer_id,
        first_name,
        last_name

    from source

)

select * from renamed
