{{ config(alias='Called_Otherwise', tags=['one', 'two'], meta={'own': 1}) }}
select code, name, population, joined, area from {{ ref('countries') }}
