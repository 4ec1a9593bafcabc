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
