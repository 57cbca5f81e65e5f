{% macro session_key(columns) -%}
    {%- set casted = [] -%}
    {%- for column in columns -%}
        {%- set _ = casted.append("cast(" ~ column ~ " as " ~ type_string() ~ ")") -%}
    {%- endfor -%}
    {{ hash(concat(casted)) }}
{%- endmacro %}
