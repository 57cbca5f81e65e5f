{% test at_least(model, column_name, floor=0, inclusive=true) %}

    select {{ column_name }} as failing
    from {{ model }}
    where {{ column_name }} {{ '<' if inclusive else '<=' }} {{ floor }}

{% endtest %}
