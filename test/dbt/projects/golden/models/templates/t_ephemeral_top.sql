with own as (select * from {{ ref('eph_b') }})
select own.*, eph.doubled from own join {{ ref('eph_a') }} as eph using (id)
