-- One row per party, channel and contact value, with the records that know it and signs of life.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_rows(
        ['gpid', 'input_hash'],
        'select gpid, contact_hash as input_hash from ' ~ ref('party_inputs')
    ) }}"
) }}
with

parties as (
    select gpid, contact_hash as input_hash from {{ ref('party_inputs') }}
),

-- a party whose records say what they said in the last build is kept as it was then
new_parties as (
    {{ new_rows('parties', ['gpid', 'input_hash']) }}
),

records as (
    select
        new_parties.gpid,
        new_parties.input_hash,
        records.*,
        contacts.emails as known_emails,
        contacts.phones as known_phones,
        standardised.postal,
        -- the house, however its street is written
        standardised.street || ' ' || standardised.house_number as dwelling
    from new_parties
    inner join {{ ref('record_parties') }} as members
        on new_parties.gpid = members.gpid
    inner join {{ ref('int_party_records') }} as records
        on members.record_key = records.record_key
    left join {{ ref('int_party_record_contacts') }} as contacts
        on members.record_key = contacts.record_key
    left join {{ ref('int_party_records_standardised') }} as standardised
        on members.record_key = standardised.record_key
),

-- a record knows each value once
contact_values as (
    {% for channel, value in {
        'email': 'unnest(known_emails)',
        'phone': 'unnest(known_phones)',
        'address': "case when street_address is not null then "
            ~ "concat_ws(', ', street_address, locality, region, postal_code, country_code) end",
    }.items() %}
    select
        gpid,
        input_hash,
        record_key,
        party_type,
        source_system,
        created_at,
        updated_at,
        {{ 'postal' if channel == 'address' else 'null' }} as postal,
        {{ 'dwelling' if channel == 'address' else 'null' }} as dwelling,
        -- somebody's record at an employer may have the employer's address
        party_type = 'person' and organization_name is not null as is_of_work,
        '{{ channel }}' as channel,
        {{ value }} as value
    from records
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

signs as (
    select
        record_key,
        channel,
        max(case when evidence in ('opened', 'clicked') then last_at end) as last_reached_at,
        max(case when evidence = 'clicked' then last_at end) as last_confirmed_at,
        max(case when evidence = 'soft_bounce' then last_at end) as last_refused_at,
        max(case when evidence in ('hard_bounce', 'returned', 'undeliverable') then last_at end)
            as last_bounced_at,
        bool_or(evidence in ('hard_bounce', 'returned', 'undeliverable')) as has_bounced
    from {{ ref('int_contact_point_events') }}
    group by record_key, channel
),

generic as (
    select party_type, identifier_type, value from {{ ref('identity_generic_values') }}
),

final as (
    select
        contact_values.gpid,
        contact_values.channel,
        contact_values.value,
        bool_or(generic.value is not null) as is_shared_by_many,
        {{ sorted_list('contact_values.record_key') }} as record_keys,
        count(*) as record_count,
        len(list_distinct(list(contact_values.source_system))) as source_system_count,
        min(contact_values.created_at) as first_seen_at,
        max(contact_values.updated_at) as last_seen_at,
        min(contact_values.postal) as postal,
        min(contact_values.dwelling) as dwelling,
        bool_and(contact_values.is_of_work) as is_of_work,
        max(signs.last_reached_at) as last_reached_at,
        max(signs.last_confirmed_at) as last_confirmed_at,
        max(signs.last_refused_at) as last_refused_at,
        max(signs.last_bounced_at) as last_bounced_at,
        coalesce(bool_or(signs.has_bounced), false) as has_bounced,
        contact_values.input_hash,
        getvariable('code_fingerprint') as made_by
    from contact_values
    left join generic
        on contact_values.party_type = generic.party_type
        and contact_values.channel = generic.identifier_type
        and contact_values.value = generic.value
    left join signs
        on contact_values.record_key = signs.record_key
        and contact_values.channel = signs.channel
    where contact_values.value is not null
    group by
        contact_values.gpid,
        contact_values.channel,
        contact_values.value,
        contact_values.input_hash
)

select * from final
