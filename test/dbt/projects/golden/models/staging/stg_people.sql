select id, name, coalesce(email, '{{ env_var("GOLDEN_EMAIL", "none") }}') as email, updated_at
from {{ source('golden_src', 'people') }}
