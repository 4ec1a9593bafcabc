-- One row per live GPID: the golden record.
with

members as (
    select gpid, record_key, party_type, source_system
    from {{ ref('bridge_party_source') }}
    where is_current
),

records as (
    select * from {{ ref('int_party_records') }}
),

parties as (
    select
        members.gpid,
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
        {% for attribute in var('survivorship') %}
        max(case when attribute = '{{ attribute }}' then value end) as {{ attribute }},
        {% endfor %}
        max(case when attribute = 'name' then record_key end) as name_record_key,
        max(case when attribute = 'address' then record_key end) as address_record_key
    from {{ ref('party_attribute_source') }}
    group by gpid
),

final as (
    select
        parties.gpid,
        parties.party_type,
        coalesce(
            case when parties.party_type = 'organization' then survivors.organization_name end,
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
        parties.source_record_count,
        parties.source_system_count,
        parties.first_seen_at,
        parties.last_seen_at
    from parties
    left join survivors on parties.gpid = survivors.gpid
    left join records as named on survivors.name_record_key = named.record_key
    left join records as located on survivors.address_record_key = located.record_key
)

select * from final
