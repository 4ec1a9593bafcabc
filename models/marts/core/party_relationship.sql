-- One row per pair of parties and kind of relation.
with

relationships as (
    select * from {{ ref('int_relationships') }}
),

current_parties as (
    select
        record_key,
        gpid
    from {{ ref('bridge_party_source') }}
    where is_current
),

-- a relation to a record that is deleted or not delivered has no party on that side
of_parties as (
    select
        persons.gpid,
        organizations.gpid as related_gpid,
        relationships.relationship_type,
        relationships.role_title,
        relationships.since,
        relationships.record_key,
        relationships.related_record_key,
        -- several records may say it: the one that started last and names a role tells the role
        row_number() over (
            partition by persons.gpid, organizations.gpid, relationships.relationship_type
            order by
                relationships.role_title is null,
                relationships.since desc nulls last,
                relationships.record_key
        ) as role_rank
    from relationships
    inner join current_parties as persons
        on relationships.record_key = persons.record_key
    inner join current_parties as organizations
        on relationships.related_record_key = organizations.record_key
),

final as (
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
)

select * from final
