{% macro opt_out_flags(records) -%}
{#- a flag that is not set says nothing: it grants nothing, and takes back nothing. Where the record
has several numbers, or none, there is an event per number, or one for the record alone -#}
{%- for flag, event in {
    'opted_out_of_email': {'type': 'email', 'values': 'emails', 'channels': ['email']},
    'do_not_call': {'type': 'phone', 'values': 'phones', 'channels': ['phone', 'sms']},
    'email_bounced': {'type': 'email', 'values': 'emails', 'channels': ['email']},
}.items() %}
{%- for channel in event.channels %}
select
    {{ record_key(
        'source_system',
        'source_instance',
        "'" ~ flag ~ "_" ~ channel ~ "'",
        "source_object || '/' || source_key",
    ) }} as event_key,
    source_system,
    source_instance,
    record_key,
    '{{ event.type }}' as contact_point_type,
    unnest(case when len({{ event['values'] }}) > 0 then {{ event['values'] }} else [null] end)
        as contact_point,
    country_code,
    {% if flag == 'email_bounced' -%}
    'all' as purpose,
    '{{ channel }}' as channel,
    'undeliverable' as status,
    {%- else -%}
    'marketing' as purpose,
    '{{ channel }}' as channel,
    'withdrawn' as status,
    {%- endif %}
    null as legal_basis,
    updated_at as effective_from,
    null as effective_to,
    false as is_time_unreadable,
    updated_at as recorded_at,
    '{{ flag }} is set' as evidence
from {{ records }}
where {{ flag }}
{{ 'union all' if not loop.last }}
{%- endfor %}
{{ 'union all' if not loop.last }}
{%- endfor %}
{%- endmacro %}
