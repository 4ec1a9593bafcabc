{% macro made_of() %}
{%- set reads_only_inputs = (
    model.resource_type == 'model'
    and not model.config.meta.always_made
    and "getvariable('build_moment')" not in model.compiled_code
) -%}
{%- if not reads_only_inputs -%}
{{ return('select cast(null as varchar)') }}
{%- endif -%}
{%- set types = [] -%}
{%- for column in model.columns.values() -%}
    {%- do types.append([column.name, column.data_type | default('')]) -%}
{%- endfor -%}
{%- set models, extracts = [], [] -%}
{%- for id in model.depends_on.nodes -%}
    {%- if id in graph.nodes -%}
        {%- do models.append(id) -%}
    {%- else -%}
        {%- do extracts.append(graph.sources[id].schema ~ '.' ~ graph.sources[id].identifier) -%}
    {%- endif -%}
{%- endfor -%}
select
    case
        when count(content) = {{ models | length + extracts | length }}
            then md5(concat_ws(
                ' ',
                '{{ local_md5(tojson([model.compiled_code, types])) }}',
                getvariable('made_with'),
                string_agg(name || ' ' || content, ' ' order by name)
            ))
    end
from (
    select
        model as name,
        content
    from main.model_states
    where model in ('{{ models | join("', '") }}')
    union all
    select
        'landing.' || view_name,
        state
    from landing_raw.view_states
    where 'landing.' || view_name in ('{{ extracts | join("', '") }}')
)
{%- endmacro %}
