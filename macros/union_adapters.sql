{% macro union_adapters(shape) %}
{%- set keys = model.columns.keys() | select('in', [
    'record_key', 'record_key_a', 'record_key_b', 'related_record_key'
]) | list %}
{%- set is_kept_without_identity = shape in ['party_records', 'identity_signals'] or (
    shape in [
        'orders', 'carts', 'shipments', 'shipment_events', 'returns', 'payments',
        'opportunities', 'quotes', 'contracts', 'campaign_members', 'campaign_influences',
        'cases', 'assets', 'entitlements', 'social_posts', 'reviews', 'appointments', 'activities',
    ]
    and var('erased_facts') == 'keep'
) %}
with

delivered as (
    {#- the head gives names and types even when no connected system has this shape #}
    select
        {%- for column in model.columns.values() %}
        cast(null as {{ column.data_type }}) as {{ column.name }}{{ "," if not loop.last }}
        {%- endfor %}
    where false
    {%- for system in var('systems') if shape in var('adapters')[system] %}
    union all
    select
        {%- for column in model.columns.values() %}
        cast({{ column.name }} as {{ column.data_type }}) as {{ column.name }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from {{ ref('stg_' ~ system ~ '__' ~ shape) }}
    {%- endfor %}
),

-- who was erased is passed over here, once for all that follows
marked as (
    select
        *,
        {% for key in keys -%}
        is_erased({{ key }}){{ " or " if not loop.last }}
        {%- else -%}
        false
        {%- endfor %} as is_erased
    from delivered
),

final as (
    select
        {%- for column in model.columns.values() %}
        {% if is_kept_without_identity -%}
        {{ without_identity(column, shape, keys) }} as {{ column.name }}
        {%- else -%}
        {{ column.name }}
        {%- endif %}{{ "," if not loop.last }}
        {%- endfor %}
    from marked
    {% if not is_kept_without_identity -%}
    where not is_erased
    {%- endif %}
)

select * from final
{% endmacro %}
