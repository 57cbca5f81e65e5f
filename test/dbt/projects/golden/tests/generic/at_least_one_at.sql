{% test at_least_one_at(model, column_name) %}
  {{ return(adapter.dispatch('test_at_least_one_at')(model, column_name)) }}
{% endtest %}
