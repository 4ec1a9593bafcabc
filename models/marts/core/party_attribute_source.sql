-- One row per party and attribute: the value that survived, the record it came from, and how many agree.
{% set order_by = {
    'source_priority': 'source_rank',
    'recency': 'updated_at desc nulls last',
    'completeness': 'completeness desc',
    'frequency': 'agreeing_records desc',
} %}
with

members as (
    select gpid, record_key, party_type, source_system
    from {{ ref('bridge_party_source') }}
    where is_current
),

records as (
    select
        members.gpid,
        members.party_type,
        typed.*,
        standardised.family is not null or standardised.given is not null as has_name,
        standardised.birth_date as birth_day,
        standardised.gender as gender_code,
        standardised.emails as email_addresses,
        standardised.phones as phone_numbers,
        standardised.country,
        case members.source_system
            {% for system in var('source_priority') %}
            when '{{ system }}' then {{ loop.index }}
            {% endfor %}
            else {{ var('source_priority') | length + 1 }}
        end as source_rank
    from members
    inner join (
        select
            record_key, full_name, given_name, family_name, name_reading, organization_name,
            street_address, locality, region, postal_code, country_code, occupation, created_at,
            updated_at
        from {{ ref('int_party_records') }}
    ) as typed on members.record_key = typed.record_key
    inner join {{ ref('identity_records') }} as standardised
        on members.record_key = standardised.record_key
),

candidates as (
    select gpid, record_key, source_rank, updated_at, 'name' as attribute,
        {{ display_name('full_name', 'given_name', 'family_name') }} as value,
        (given_name is not null)::int + (family_name is not null)::int + (full_name is not null)::int
            as completeness
    from records
    where party_type = 'person' and has_name
    union all
    select gpid, record_key, source_rank, updated_at, 'name_reading', name_reading,
        length(name_reading)
    from records
    where has_name
    union all
    select gpid, record_key, source_rank, updated_at, 'organization_name',
        coalesce(organization_name, case when party_type = 'organization' then full_name end),
        length(organization_name)
    from records
    union all
    select gpid, record_key, source_rank, updated_at, 'birth_date', cast(birth_day as varchar), 1
    from records
    union all
    select gpid, record_key, source_rank, updated_at, 'gender', gender_code, 1
    from records
    union all
    select gpid, record_key, source_rank, updated_at, 'email', unnest(email_addresses), 1
    from records
    union all
    select gpid, record_key, source_rank, updated_at, 'phone', unnest(phone_numbers), 1
    from records
    union all
    select gpid, record_key, source_rank, updated_at, 'occupation', occupation, length(occupation)
    from records
    union all
    -- the parts of an address stay together
    select gpid, record_key, source_rank, updated_at, 'address',
        concat_ws(', ', street_address, locality, region, postal_code, coalesce(country, country_code)),
        (street_address is not null)::int * 2 + (locality is not null)::int
            + (region is not null)::int + (postal_code is not null)::int
            + (country_code is not null)::int
    from records
    where coalesce(street_address, locality, region, postal_code) is not null
),

counted as (
    select
        *,
        count(distinct record_key) over (partition by gpid, attribute, value) as agreeing_records,
        count(distinct record_key) over (partition by gpid, attribute) as offering_records
    from candidates
    where value is not null
),

ranked as (
    {% for attribute, rules in var('survivorship').items() %}
    select
        *,
        '{{ rules | join(", ") }}' as survivorship_rule,
        row_number() over (
            partition by gpid
            order by {% for rule in rules %}{{ order_by[rule] }}, {% endfor %}value, record_key
        ) as place
    from counted
    where attribute = '{{ attribute }}'
    {{ "union all" if not loop.last }}
    {% endfor %}
),

final as (
    select
        gpid,
        attribute,
        value,
        record_key,
        survivorship_rule,
        agreeing_records,
        offering_records
    from ranked
    where place = 1
)

select * from final
