-- One row per party, channel and contact value, with the records that know it.
with

members as (
    select gpid, record_key, source_system
    from {{ ref('bridge_party_source') }}
    where is_current
),

records as (
    select record_key, created_at, updated_at from {{ ref('int_party_records') }}
),

contact_values as (
    select record_key, party_type, identifier_type as channel, value
    from {{ ref('int_party_identifiers') }}
    where identifier_type in ('email', 'phone')
    union all
    select
        record_key,
        party_type,
        'address',
        concat_ws(', ', street_address, locality, region, postal_code, country_code)
    from {{ ref('int_party_records') }}
    where street_address is not null and not is_deleted
),

generic as (
    select party_type, identifier_type, value from {{ ref('identity_generic_values') }}
),

final as (
    select
        members.gpid,
        contact_values.channel,
        contact_values.value,
        bool_or(generic.value is not null) as is_shared_by_many,
        count(distinct members.record_key) as record_count,
        count(distinct members.source_system) as source_system_count,
        min(records.created_at) as first_seen_at,
        max(records.updated_at) as last_seen_at
    from contact_values
    inner join members on contact_values.record_key = members.record_key
    inner join records on contact_values.record_key = records.record_key
    left join generic
        on contact_values.party_type = generic.party_type
        and contact_values.channel = generic.identifier_type
        and contact_values.value = generic.value
    group by members.gpid, contact_values.channel, contact_values.value
)

select * from final
