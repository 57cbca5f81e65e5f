select customer, sum(amount)::numeric(12,2) as amount, '{{ env_var("UNIT_TEST_REGION", "nowhere") }}' as region
from {{ ref('big_only') }} b group by customer
