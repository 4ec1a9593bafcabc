-- One row per person who shares a household with somebody, with the household.
with recursive

homes as (
    select
        points.gpid,
        contact_values.postal,
        contact_values.dwelling,
        row_number() over (
            partition by points.gpid
            order by points.is_preferred desc, points.last_seen_at desc nulls last, points.value
        ) as place
    from {{ ref('party_contact_point') }} as points
    inner join {{ ref('party_contact_values') }} as contact_values
        on points.gpid = contact_values.gpid
        and points.channel = contact_values.channel
        and points.value = contact_values.value
    where
        points.channel = 'address'
        and not points.is_stale
        -- colleagues at an office are no family
        and not contact_values.is_of_work
        and contact_values.postal is not null
        and contact_values.dwelling is not null
),

persons as (
    select
        parties.gpid,
        parties.first_seen_at,
        homes.postal,
        homes.dwelling,
        standardised.family_keys
    from {{ ref('dim_party') }} as parties
    left join homes on parties.gpid = homes.gpid and homes.place = 1
    left join {{ ref('party_attribute_source') }} as names
        on parties.gpid = names.gpid and names.attribute = 'name'
    left join {{ ref('int_party_records_standardised') }} as standardised
        on names.record_key = standardised.record_key
    where parties.party_type = 'person'
),

-- where many people live, or an address is everybody's, one name is no family
private_homes as (
    select postal, dwelling
    from persons
    where postal is not null
    group by postal, dwelling
    having count(*) between 2 and {{ 3 * var('max_household_members') }}
),

declared as (
    select
        members.gpid,
        relatives.gpid as relative_gpid
    from {{ ref('int_relationships') }} as relationships
    inner join {{ ref('record_parties') }} as members
        on relationships.record_key = members.record_key
    inner join {{ ref('record_parties') }} as relatives
        on relationships.related_record_key = relatives.record_key
    where relationships.relationship_type = 'household_member'
),

relatives as (
    select
        persons.gpid,
        others.gpid as relative_gpid,
        'address and family name' as basis
    from persons
    inner join private_homes
        on persons.postal = private_homes.postal and persons.dwelling = private_homes.dwelling
    inner join persons as others
        on persons.postal = others.postal
        and persons.dwelling = others.dwelling
        and persons.gpid <> others.gpid
        and {{ lists_overlap('persons.family_keys', 'others.family_keys') }}
    union
    select gpid, relative_gpid, 'declared'
    from declared
    where gpid <> relative_gpid
    union
    select relative_gpid, gpid, 'declared'
    from declared
    where gpid <> relative_gpid
),

-- everybody whom a chain of relatives reaches, themselves included
reached as (
    select gpid, relative_gpid as reached_gpid
    from relatives
    union
    select reached.gpid, relatives.relative_gpid
    from reached
    inner join relatives on reached.reached_gpid = relatives.gpid
),

-- a household is named after the member who is known longest: newcomers and leavers change nothing
named as (
    select
        reached.gpid,
        'H' || substr(min_by(persons.gpid, (persons.first_seen_at, persons.gpid)), 2)
            as household_id,
        count(*) as member_count
    from reached
    inner join persons on reached.reached_gpid = persons.gpid
    group by reached.gpid
),

bases as (
    select
        gpid,
        max(basis) as basis
    from relatives
    group by gpid
),

final as (
    select
        named.household_id,
        named.gpid,
        bases.basis
    from named
    inner join bases on named.gpid = bases.gpid
    where named.member_count <= {{ var('max_household_members') }}
)

select * from final
