select
    user_id,
    {{ dbt.split_part('email', "'@'", 2) }} as email_domain,
    {{ dbt.safe_cast('signed_up', api.Column.translate_type('date')) }} as signed_up_on,
    {{ dbt.cast_bool_to_text('is_active') }} as is_active_text,
    {{ dbt.length('email') }} as email_length,
    {{ dbt.right('email', 3) }} as tld,
    {{ dbt.replace('email', "'.'", "'_'") }} as email_underscored,
    {{ dbt.position("'@'", 'email') }} as at_position
from {{ source('web', 'users') }}
