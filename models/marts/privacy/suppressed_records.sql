-- One row per suppression and record that it reaches, whether or not the record still exists.
with

suppressions as (
    select * from {{ ref('suppressions') }}
    where problem is null
),

memberships as (
    select * from {{ ref('bridge_party_source') }}
),

-- a GPID means the records that it had when the suppression began: a later merge brings it to the
-- party that they become part of, and a split to each part of what they were
named_from as (
    select
        suppressions.gpid,
        suppressions.starts_at,
        greatest(suppressions.starts_at, min(memberships.valid_from)) as began_at
    from (select distinct gpid, starts_at from suppressions) as suppressions
    inner join memberships
        on suppressions.gpid = memberships.gpid
    group by suppressions.gpid, suppressions.starts_at
),

gpid_records as (
    select distinct
        named_from.gpid,
        named_from.starts_at,
        memberships.record_key
    from named_from
    inner join memberships
        on named_from.gpid = memberships.gpid
        and named_from.began_at >= memberships.valid_from
        and coalesce(named_from.began_at < memberships.valid_to, true)
),

reached as (
    select suppressions.*, suppressions.record_key as reached_record
    from suppressions
    where suppressions.record_key is not null
    union all
    select suppressions.*, gpid_records.record_key as reached_record
    from suppressions
    inner join gpid_records
        on suppressions.gpid = gpid_records.gpid
        and suppressions.starts_at is not distinct from gpid_records.starts_at
    union all
    select suppressions.*, carriers.record_key as reached_record
    from suppressions
    inner join {{ ref('record_contact_points') }} as carriers
        on suppressions.contact_point_type = carriers.contact_point_type
        and suppressions.contact_point = carriers.contact_point
),

final as (
    select distinct
        reached_record as record_key,
        * exclude (
            gpid, record_key, reached_record, contact_point_type, contact_point,
            contact_point_token, delivered_in, problem
        )
    from reached
)

select * from final
