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
        members.record_key,
        members.party_type,
        members.source_system
    from new_parties
    inner join {{ ref('record_parties') }} as members
        on new_parties.gpid = members.gpid
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
    inner join {{ ref('int_party_records') }} as records
        on members.record_key = records.record_key
    group by members.gpid
),

survivors as (
    select
        gpid,
        any_value(input_hash) as input_hash,
        {% for attribute in var('survivorship') %}
        max(case when attribute = '{{ attribute }}' then value end) as {{ attribute }},
        {% endfor %}
        count(*) as attribute_count
    from {{ ref('party_attribute_source') }}
    where gpid in (select gpid from new_parties)
    group by gpid
),

-- the parts of a name, and of an address, come from one record or one steward's pin
parts as (
    select
        {% for part in [
            'given_name', 'family_name', 'street_address', 'locality', 'region', 'postal_code',
            'country_code'
        ] %}
        max(candidates.{{ part }}) as {{ part }},
        {% endfor %}
        chosen.gpid
    from {{ ref('party_attribute_source') }} as chosen
    inner join {{ ref('party_attribute_candidates') }} as candidates
        on chosen.gpid = candidates.gpid
        and chosen.attribute = candidates.attribute
        and chosen.record_key = candidates.record_key
        and (chosen.deciding_rule = 'pinned') = candidates.is_pinned
    where
        chosen.attribute in ('name', 'address')
        and chosen.gpid in (select gpid from new_parties)
    group by chosen.gpid
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
        parts.given_name,
        parts.family_name,
        survivors.name_reading,
        survivors.organization_name,
        cast(survivors.birth_date as date) as birth_date,
        cast(left(survivors.birth_date, 4) as integer) as birth_year,
        survivors.gender,
        survivors.email,
        split_part(survivors.email, '@', 2) as email_domain,
        survivors.phone,
        parts.street_address,
        parts.locality,
        parts.region,
        parts.postal_code,
        parts.country_code,
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
    left join parts on described.gpid = parts.gpid
)

select * from final
