select sale_id, customer_id, {{ cents('amount_cents') }} as amount, sold_at
from {{ source('till', 'sales') }}
