select *, {{ twice('amount') }} as amount_twice from {{ ref('STG_Payments') }}
