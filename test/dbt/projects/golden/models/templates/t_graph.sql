{%- set staged = [] -%}
{%- if execute -%}
  {%- for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') -%}
    {%- if 'staged' in node.tags -%}{%- do staged.append(node.name) -%}{%- endif -%}
  {%- endfor -%}
{%- endif -%}
-- depends_on: {{ ref('stg_facts') }}, {{ ref('stg_people') }}
select
  '{{ model.name }}' as model_name,
  '{{ this.name }}' as this_name,
  '{{ config.get("materialized") }}' as materialized,
  {{ config.get('meta').get('from_project') | lower }} as from_project,
  '{{ staged | sort | join(",") }}' as staged,
  '{{ project_name }}' as project,
  '{{ target.type }}' as target_type,
  {{ 1 if invocation_id else 0 }} as has_invocation,
  {{ (run_started_at.strftime("%Y") | int) > 2000 }} as started,
  '{{ modules.datetime.datetime(2024, 2, 29).strftime("%d/%m/%Y") }}' as fixed_day,
  '{{ modules.re.sub("[aeiou]", "_", "education") }}' as replaced,
  '{{ tojson({"a": [1, 2.5, true, none]}) }}' as json_text,
  {{ fromjson('{"n": 41}')["n"] + 1 }} as from_json,
  '{{ fromyaml("a: [1, 2]").a | length }}' as from_yaml,
  '{{ local_md5("hello") }}' as md5_of,
  '{{ zip([1, 2], ["a", "b"]) | list | length }}' as zipped,
  '{{ set([3, 1, 3]) | sort | join("-") }}' as set_text
