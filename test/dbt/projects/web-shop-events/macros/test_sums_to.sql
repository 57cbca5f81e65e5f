{% test sums_to(model, columns, total) %}
    with found as (
        select {% for column in columns %}sum({{ column }}){{ ' + ' if not loop.last }}{% endfor %} as n
        from {{ model }}
    )
    select n from found where n <> {{ total }}
{% endtest %}
