{#-
    Parts of a URL by regular expressions.
-#}
{%- macro get_url_part(column, part) -%}
    {%- set patterns = {
        'host': '^[a-z]+://([^/?#]+)',
        'path': '^[a-z]+://[^/?#]+([^?#]*)',
        'query': '[?]([^#]*)'
    } -%}
    {%- if part not in patterns -%}
        {{ exceptions.raise_compiler_error("get_url_part: no part '" ~ part ~ "', only " ~ patterns.keys() | join(', ')) }}
    {%- endif -%}
    nullif(substring({{ column }} from '{{ patterns[part] }}'), '')
{%- endmacro -%}
