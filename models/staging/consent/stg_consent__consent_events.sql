-- One row per delivered event: what somebody agreed to, refused or took back.
with

events as (
    select
        *,
        list_transform(_invalid_values, lambda invalid: invalid.column_name) as unreadable,
        -- a receipt holds several purposes, so its number alone is no key
        md5(concat_ws(
            '|',
            {%- for column in [
                'receipt_id', 'record_key', 'contact_point_type', 'contact_point', 'country_code',
                'purpose', 'channel', 'status', 'legal_basis', 'effective_from', 'effective_to',
                'recorded_at', 'evidence'
            ] %}
            coalesce(cast({{ column }} as varchar), ''){{ "," if not loop.last }}
            {%- endfor %}
        )) as content_hash
    from {{ source('consent', 'event') }}
    where _status = 'accepted'
),

final as (
    select
        {{ record_key("'consent'", '_instance', "'event'", 'content_hash') }} as event_key,
        'consent' as source_system,
        _instance as source_instance,
        record_key,
        coalesce(
            lower(trim(contact_point_type)),
            case when contact_point like '%@%' then 'email' end
        ) as contact_point_type,
        contact_point,
        country_code,
        purpose,
        channel,
        status,
        legal_basis,
        effective_from,
        effective_to,
        list_contains(unreadable, 'effective_from') or list_contains(unreadable, 'effective_to')
            as is_time_unreadable,
        recorded_at,
        concat_ws(', ', 'receipt ' || receipt_id, evidence) as evidence
    from events
)

select distinct * from final
