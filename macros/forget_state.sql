{% macro forget_state() %}
{% do run_query("delete from main.model_states where model = '" ~ model.unique_id ~ "'") %}
{% endmacro %}
