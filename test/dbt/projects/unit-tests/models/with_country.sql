select i.id, c.name, i.amount * c.rate as converted, upper(i.customer) as "Customer"
from {{ ref('stg_invoices') }} i
left join {{ ref('countries') }} c on c.code = left(i.customer, 2)
