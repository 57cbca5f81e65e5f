{#- A pivot over what the warehouse holds. -#}
{%- set domains_query -%}
    select distinct email_domain from {{ ref('stg_web__users') }} where email_domain is not null order by 1
{%- endset -%}
{%- set results = run_query(domains_query) -%}
{%- if execute -%}
    {%- set domains = results.columns[0].values() -%}
{%- else -%}
    {%- set domains = [] -%}
{%- endif -%}
select
    date_trunc('month', first_seen)::date as month
    {%- for domain in domains %},
    sum(case when email_domain = '{{ domain }}' then revenue end) as {{ adapter.quote(domain ~ '_revenue') }}
    {%- endfor %}
from {{ ref('dim_users') }}
group by 1
