select * from {{ ref('STG_Payments') }} where kind = 'void'
