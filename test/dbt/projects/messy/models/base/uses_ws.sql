{%- set conditions = namespace(found=false, n=0) -%}
{%- for w in ['x', 'y', 'z'] if w != 'y' -%}
  {%- set conditions.n = conditions.n + 1 -%}
  {%- if loop.last %}{% set conditions.found = true %}{% endif -%}
{%- endfor -%}
select {{ conditions.n }} as n, {{ conditions.found }} as found, {{ "'%s-%03d'" | format('a', 7) }} as formatted
{{- ", " }}{{ ["'a'", "'b'"] | join(" || ") }} as joined
, {{ dbt.string_literal(['q', 'r', 's'][1:] | join('')) }} as sliced
, '{{ {"k": [1, 2]}["k"] | length }}' as counted
, {{ 7 // 2 }} as floor_div, {{ 7 % 4 }} as modulo, {{ 2 ** 5 }} as power, {{ 10 / 4 }} as ratio
, {{ (1, 2, 3) | sum }} as summed, '{{ "Hello World".split(" ") | map("lower") | list | join("_") }}' as snake
