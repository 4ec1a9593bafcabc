{% macro made_of() %}
{%- set inputs = inputs_of(model, [], []) -%}
select
    case
        when count(content) = {{ inputs.models | length + inputs.extracts | length }}
            then md5(
                {{ code_of_model() }} || coalesce(string_agg(name || content, ' ' order by name), '')
            )
    end
from (
    select
        model as name,
        content
    from main.model_states
    where model in ('{{ inputs.models | join("', '") }}')
    union all
    select
        'landing.' || view_name,
        state
    from landing_raw.view_states
    where 'landing.' || view_name in ('{{ inputs.extracts | join("', '") }}')
)
{%- endmacro %}
