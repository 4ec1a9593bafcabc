-- One row per pair of parties and kind of relation.
with

current_parties as (
    select * from {{ ref('record_parties') }}
),

-- what a source declares; who belongs to one household is in household_member, declared or not
declared as (
    select
        record_key,
        related_record_key,
        relationship_type,
        role_title,
        since
    from {{ ref('int_relationships') }}
    where relationship_type <> 'household_member'
),

-- what organizations call themselves, where no two of them do
organization_names as (
    select
        lower(trim(coalesce(records.organization_name, records.full_name))) as name,
        min(records.record_key) as record_key
    from {{ ref('int_party_records') }} as records
    inner join current_parties on records.record_key = current_parties.record_key
    where records.party_type = 'organization'
    group by name
    having count(distinct current_parties.gpid) = 1
),

-- a record of a person that names an employer as the employer's own record does
employments as (
    select
        records.record_key,
        organization_names.record_key as related_record_key,
        'employed_by' as relationship_type,
        records.occupation as role_title,
        records.created_at as since
    from {{ ref('int_party_records') }} as records
    inner join organization_names
        on lower(trim(records.organization_name)) = organization_names.name
    where records.party_type = 'person' and not records.is_deleted
),

said as (
    select * from declared
    union all
    select * from employments
),

-- a relation to a record that is deleted or not delivered has no party on that side
of_parties as (
    select
        persons.gpid,
        organizations.gpid as related_gpid,
        said.relationship_type,
        said.role_title,
        said.since,
        said.record_key,
        said.related_record_key,
        -- several records may say it: the one that started last and names a role tells the role
        row_number() over (
            partition by persons.gpid, organizations.gpid, said.relationship_type
            order by
                said.role_title is null,
                said.since desc nulls last,
                said.record_key
        ) as role_rank
    from said
    inner join current_parties as persons
        on said.record_key = persons.record_key
    inner join current_parties as organizations
        on said.related_record_key = organizations.record_key
),

between_records as (
    select
        gpid,
        related_gpid,
        relationship_type,
        max(case when role_rank = 1 then role_title end) as role_title,
        min(since) as since,
        {{ sorted_list('record_key') }} as record_keys,
        {{ sorted_list('related_record_key') }} as related_record_keys
    from of_parties
    group by gpid, related_gpid, relationship_type
),

-- said of both, so that either finds the other
household as (
    select
        members.gpid,
        relatives.gpid as related_gpid,
        'household_member' as relationship_type,
        null as role_title,
        null as since,
        null as record_keys,
        null as related_record_keys
    from {{ ref('household_member') }} as members
    inner join {{ ref('household_member') }} as relatives
        on members.household_id = relatives.household_id and members.gpid <> relatives.gpid
),

subsidiaries as (
    select
        gpid,
        parent_gpid as related_gpid,
        'subsidiary_of' as relationship_type,
        null as role_title,
        since,
        null as record_keys,
        null as related_record_keys
    from {{ ref('organization_links') }}
    where hierarchy = 'legal' and status = 'used'
),

final as (
    select * from between_records
    union all
    select * from household
    union all
    select * from subsidiaries
)

select * from final
