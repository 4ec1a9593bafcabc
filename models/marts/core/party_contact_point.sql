-- One row per party, channel and contact value, with the records that know it.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_rows(
        ['gpid', 'input_hash'],
        'select gpid, input_hash from ' ~ ref('party_inputs')
    ) }}"
) }}
with

parties as (
    select gpid, input_hash from {{ ref('party_inputs') }}
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
        contacts.phones as known_phones
    from new_parties
    inner join {{ ref('bridge_party_source') }} as members
        on new_parties.gpid = members.gpid and members.is_current
    inner join {{ ref('int_party_records') }} as records
        on members.record_key = records.record_key
    left join {{ ref('int_party_record_contacts') }} as contacts
        on members.record_key = contacts.record_key
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
        party_type,
        source_system,
        created_at,
        updated_at,
        '{{ channel }}' as channel,
        {{ value }} as value
    from records
    {{ 'union all' if not loop.last }}
    {% endfor %}
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
        count(*) as record_count,
        len(list_distinct(list(contact_values.source_system))) as source_system_count,
        min(contact_values.created_at) as first_seen_at,
        max(contact_values.updated_at) as last_seen_at,
        contact_values.input_hash,
        getvariable('code_fingerprint') as made_by
    from contact_values
    left join generic
        on contact_values.party_type = generic.party_type
        and contact_values.channel = generic.identifier_type
        and contact_values.value = generic.value
    where contact_values.value is not null
    group by
        contact_values.gpid,
        contact_values.channel,
        contact_values.value,
        contact_values.input_hash
)

select * from final
