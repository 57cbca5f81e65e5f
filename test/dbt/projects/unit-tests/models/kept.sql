select id, amount from {{ ref('invoices_kept') }} where dbt_valid_to is null
