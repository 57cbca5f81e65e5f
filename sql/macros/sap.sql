{#
  SAP field values, read without ever failing and without ever guessing: what cannot be read becomes null, and the matching
  `*_unreadable` is true, so that a check names the row. A cast would stop the whole build and name no row.
  `column` is a quoted column, of a char, varchar or text type.
#}

{# DATS: yyyymmdd to date. Empty, 00000000 and 19000101 mean none. 20070230 and 2007-02-01 are unreadable. #}
{% macro sap_date(column) %}
{%- set received = "btrim((" + column + ")::text)" -%}
{%- set first_of_month = "make_date(substr(" + received + ", 1, 4)::integer, substr(" + received + ", 5, 2)::integer, 1)" -%}
{%- set days = "(substr(" + received + ", 7, 2)::integer - 1)" -%}
case
    when {{ received }} = '19000101' then null
    when {{ received }} ~ '^[1-9][0-9]{3}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$' then
      -- A day that the month does not have would fall into the next one.
      case
        when extract(month from {{ first_of_month }} + {{ days }}) = extract(month from {{ first_of_month }})
          then {{ first_of_month }} + {{ days }}
      end
  end
{%- endmacro %}

{% macro sap_date_unreadable(column) %}
{%- set received = "btrim((" + column + ")::text)" -%}
({{ received }} not in ('', '00000000', '19000101') and ({{ sap_date(column) }}) is null)
{%- endmacro %}

{# TIMS: hhmmss to time, leading zeros may be missing (95321 is 09:53:21, 0 is midnight). Empty means none. #}
{% macro sap_time(column) %}
{%- set received = "lpad(btrim((" + column + ")::text), 6, '0')" -%}
case
    when btrim(({{ column }})::text) ~ '^[0-9]{1,6}$' and {{ received }} ~ '^([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]$'
      then make_time(
        substr({{ received }}, 1, 2)::integer, substr({{ received }}, 3, 2)::integer, substr({{ received }}, 5, 2)::integer
      )
  end
{%- endmacro %}

{% macro sap_time_unreadable(column) %}
(btrim(({{ column }})::text) <> '' and ({{ sap_time(column) }}) is null)
{%- endmacro %}

{# NUMC: digits to integer; leading zeros may be there or not. #}
{% macro sap_integer(column) %}
case when btrim(({{ column }})::text) ~ '^[0-9]{1,9}$' then btrim(({{ column }})::text)::integer end
{%- endmacro %}

{% macro sap_integer_unreadable(column) %}
(btrim(({{ column }})::text) <> '' and ({{ sap_integer(column) }}) is null)
{%- endmacro %}

{# An amount written with a decimal point and no grouping. 1.020,00 is unreadable, not 1.02. #}
{% macro plain_decimal(column) %}
case when btrim(({{ column }})::text) ~ '^-?[0-9]{1,30}([.][0-9]{1,10})?$' then btrim(({{ column }})::text)::numeric end
{%- endmacro %}

{% macro plain_decimal_unreadable(column) %}
(btrim(({{ column }})::text) <> '' and ({{ plain_decimal(column) }}) is null)
{%- endmacro %}

{# S (Soll) to D, H (Haben) to C; anything else stays as received, so that accepted_values names it. #}
{% macro sap_indicator(column) %}
case btrim(({{ column }})::text) when 'S' then 'D' when 'H' then 'C' else btrim(({{ column }})::text) end
{%- endmacro %}

{# Text without surrounding blanks; an empty text is null. #}
{% macro sap_text(column) %}
nullif(btrim(({{ column }})::text), '')
{%- endmacro %}
