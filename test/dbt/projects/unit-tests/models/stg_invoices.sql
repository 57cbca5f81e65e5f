select id, customer, amount, issued_at, paid, doc from {{ source('erp', 'invoices') }}
