{#
  Lays a model's rows beside what they are when computed anew: one row for each key that only one side has, and for each key whose
  columns differ, with their names. `actual` and `expected` name two queries with the same columns, of the same types and in the same
  order; keys are never null in them.
#}
{% macro reperformed(actual, expected, keys, what) %}
select
  concat_ws('/', {% for key in keys %}coalesce(actual.{{ key }}, expected.{{ key }}){{ ', ' if not loop.last }}{% endfor %}) as subject_id,
  concat(
    '{{ what }} ',
    concat_ws(' ', {% for key in keys %}coalesce(actual.{{ key }}, expected.{{ key }}){{ ', ' if not loop.last }}{% endfor %}),
    case
      when actual.{{ keys[0] }} is null then ' is missing: the extract has it.'
      when expected.{{ keys[0] }} is null then ' is not in the extract.'
      else concat(
        ' does not show what the extract gives in ',
        (
          select string_agg(shown.key, ', ' order by shown.key)
          from jsonb_each(to_jsonb(actual)) as shown
          join jsonb_each(to_jsonb(expected)) as computed on computed.key = shown.key
          where computed.value is distinct from shown.value
        ),
        '.'
      )
    end
  ) as reason
from {{ actual }} as actual
full outer join {{ expected }} as expected
  on {% for key in keys %}{{ ' and ' if not loop.first }}actual.{{ key }} = expected.{{ key }}{% endfor %}

where actual is distinct from expected
{%- endmacro %}

{# Whether a time of day is at night, counted another way than in journal_lines: seconds since night_from, around midnight. #}
{% macro at_night(time) %}
{%- set night_from = "cast(" ~ literal(var('night_from')) ~ " as time)" -%}
{%- set night_to = "cast(" ~ literal(var('night_to')) ~ " as time)" -%}
mod(extract(epoch from {{ time }} - {{ night_from }}) + 86400, 86400) < mod(extract(epoch from {{ night_to }} - {{ night_from }}) + 86400, 86400)
{%- endmacro %}
