{% macro note_state() %}
{% set state %}
insert into main.model_states
select
    '{{ model.unique_id }}',
    ({{ made_of() }}),
    {% if model.config.materialized == 'view' -%}
    {{ code_of_model() }}
    {%- else -%}
    md5(concat_ws(' ', typeof(any_value(rows)), count(*), sum(hash(rows))))
from {{ this }} as rows
    {%- endif %}
{% endset %}
{% do run_query(state) %}
{% endmacro %}
