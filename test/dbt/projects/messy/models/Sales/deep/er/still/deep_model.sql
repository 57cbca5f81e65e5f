with eph as ( select * from {{ ref('eph_two') }} )
, again as ( select * from {{ ref('eph_one') }} )
select eph.id, eph.amount_twice, again.amount * {{ var('rate') }} as with_rate,
  {{ rounded('again.amount', digits=1) }} as rounded_amount,
  '{{ var("label_text", "no label") | replace("'", "''") }}' as label
from eph join again using (id)
