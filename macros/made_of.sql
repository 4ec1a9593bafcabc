{% macro made_of() %}
{%- set inputs = inputs_of(model, [], []) -%}
select
    case
        when count(content) = {{ inputs.models | length + inputs.extracts | length }}
            then md5({{ code_of_model() }} || coalesce(string_agg(name || content, ' ' order by name), ''))
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


{% macro inputs_of(node, models, extracts) %}
{#- a view is what its inputs are when it is read, so that they are inputs of its readers, too -#}
{% for id in node.depends_on.nodes if id not in models %}
    {% if id in graph.sources %}
        {% set name = graph.sources[id].schema ~ '.' ~ graph.sources[id].identifier %}
        {% do extracts.append(name) if name not in extracts %}
    {% else %}
        {% do models.append(id) %}
        {% if graph.nodes[id].config.materialized == 'view' %}
            {% do inputs_of(graph.nodes[id], models, extracts) %}
        {% endif %}
    {% endif %}
{% endfor %}
{{ return({'models': models, 'extracts': extracts}) }}
{% endmacro %}


{% macro code_of_model() %}
{%- set reads_only_inputs = (
    model.resource_type == 'model'
    and not model.config.meta.always_made
    and "getvariable('build_moment')" not in model.compiled_code
) -%}
{%- if not reads_only_inputs -%}
{{ return('cast(null as varchar)') }}
{%- endif -%}
{%- set types = [] -%}
{%- for column in model.columns.values() -%}
    {%- do types.append([column.name, column.data_type | default('')]) -%}
{%- endfor -%}
md5('{{ local_md5(tojson([model.compiled_code, types])) }}' || getvariable('made_with'))
{%- endmacro %}
