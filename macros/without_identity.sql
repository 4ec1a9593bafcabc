{% macro without_identity(column, shape, keys) -%}
{%- set name = column.name -%}
{%- set is_own_key = name == (model.columns.keys() | first) -%}
{%- set is_personal = column.config.meta.privacy != "none" -%}
{%- if name == 'is_deleted' -%}
is_deleted or is_erased
{%- elif shape == 'party_records' and name == 'source_key' -%}
case when is_erased then {{ source_key_of('tombstone(record_key)') }} else source_key end
{%- elif shape == 'identity_signals' and name == 'anonymous_id' -%}
{#- that somebody was there is needed to leave the visits of others on the device alone -#}
case when is_erased then privacy_token(anonymous_id) else anonymous_id end
{%- elif is_own_key and (is_personal or name in keys) -%}
case when is_erased then tombstone({{ name }}) else {{ name }} end
{%- elif is_personal or name in keys -%}
case when not is_erased then {{ name }} end
{%- else -%}
{{ name }}
{%- endif -%}
{%- endmacro %}
