-- One row per live GPID: the golden record.
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

members as (
    select
        new_parties.gpid,
        new_parties.input_hash,
        bridge.record_key,
        bridge.party_type,
        bridge.source_system
    from new_parties
    inner join {{ ref('bridge_party_source') }} as bridge
        on new_parties.gpid = bridge.gpid and bridge.is_current
),

records as (
    select * from {{ ref('int_party_records') }}
),

described as (
    select
        members.gpid,
        any_value(members.input_hash) as input_hash,
        min(members.party_type) as party_type,
        count(*) as source_record_count,
        count(distinct members.source_system) as source_system_count,
        min(records.created_at) as first_seen_at,
        max(records.updated_at) as last_seen_at
    from members
    inner join records on members.record_key = records.record_key
    group by members.gpid
),

survivors as (
    select
        gpid,
        any_value(input_hash) as input_hash,
        {% for attribute in var('survivorship') %}
        max(case when attribute = '{{ attribute }}' then value end) as {{ attribute }},
        {% endfor %}
        max(case when attribute = 'name' then record_key end) as name_record_key,
        max(case when attribute = 'address' then record_key end) as address_record_key
    from {{ ref('party_attribute_source') }}
    where gpid in (select gpid from new_parties)
    group by gpid
),

final as (
    select
        described.gpid,
        described.party_type,
        coalesce(
            case when described.party_type = 'organization' then survivors.organization_name end,
            survivors.name,
            survivors.email,
            survivors.organization_name
        ) as display_name,
        named.given_name,
        named.family_name,
        survivors.name_reading,
        survivors.organization_name,
        cast(survivors.birth_date as date) as birth_date,
        cast(left(survivors.birth_date, 4) as integer) as birth_year,
        survivors.gender,
        survivors.email,
        split_part(survivors.email, '@', 2) as email_domain,
        survivors.phone,
        located.street_address,
        located.locality,
        located.region,
        located.postal_code,
        located.country_code,
        survivors.occupation,
        described.source_record_count,
        described.source_system_count,
        described.first_seen_at,
        described.last_seen_at,
        -- a row of values that were not made again yet, in a run of single models, is not kept
        coalesce(survivors.input_hash, described.input_hash) as input_hash,
        getvariable('code_fingerprint') as made_by
    from described
    left join survivors on described.gpid = survivors.gpid
    left join records as named on survivors.name_record_key = named.record_key
    left join records as located on survivors.address_record_key = located.record_key
)

select * from final
