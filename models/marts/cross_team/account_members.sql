-- One row per party and party that acts for it: itself, and whoever works there.
with

parties as (
    select gpid from {{ ref('dim_party') }}
),

relationships as (
    select
        gpid,
        related_gpid
    from {{ ref('party_relationship') }}
    where relationship_type in ('contact_of', 'employed_by')
),

-- an organization may be a contact of itself, where two of its records were merged
final as (
    select
        gpid as account_gpid,
        gpid,
        'same party' as relation
    from parties
    union all
    select distinct
        related_gpid as account_gpid,
        gpid,
        'works there' as relation
    from relationships
    where gpid <> related_gpid
)

select * from final
