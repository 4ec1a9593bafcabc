{% macro note_state(relation) %}
{% set state %}
insert into main.model_states
select
    '{{ model.unique_id }}',
    ({{ made_of() }}),
    {% if relation.is_view -%}
    {{ code_of_model() }}
    {%- else -%}
    md5(concat_ws(' ', typeof(any_value(rows)), count(*), sum(hash(rows))))
from {{ relation }} as rows
    {%- endif %}
{% endset %}
{% do run_query(state) %}
{% endmacro %}
