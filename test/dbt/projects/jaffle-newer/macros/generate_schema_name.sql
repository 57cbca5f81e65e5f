{% macro generate_schema_name(custom_schema_name, node) %}

    {% set default_schema = target.schema %}

    {# seeds go in a global `raw` schema #}
    {% if node.resource_type == 'seed' %}
        {{ custom_schema_name | trim }}

    {% elif custom_schema_name is none %}
        {{ default_schema }}

    {# specified custom schemas go to the schema name prepended with the the default schema name in dev #}
    {% elif target.name == 'prod' %}
        {{ custom_schema_name | trim }}
    {% else %}
        {{ default_schema }}_{{ custom_schema_name | trim }}
    {% endif %}

{% endmacro %}
