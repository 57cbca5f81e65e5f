select "orderId" as order_id, "Sku" as sku, qty, price, qty * price as line_total
from {{ source('web', 'order_lines') }}
