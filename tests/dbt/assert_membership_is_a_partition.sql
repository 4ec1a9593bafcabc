-- Every record that takes part in matching is in one cluster and no other record is in any; a
-- cluster is of one party type, lies within one component and is named for its smallest record key.
-- Checked before anything is committed: when it fails, gpid_events is skipped.
with

membership as (
    select * from {{ ref('identity_membership') }}
),

misplaced as (
    select
        coalesce(records.record_key, membership.record_key) as record_key,
        'not one row per record' as violation
    from {{ ref('identity_records') }} as records
    full outer join membership
        on records.record_key = membership.record_key
    group by records.record_key, membership.record_key
    having count(records.record_key) <> 1 or count(membership.record_key) <> 1
),

ill_formed as (
    select
        cluster_id as record_key,
        'cluster of several types or components, or misnamed' as violation
    from membership
    group by cluster_id
    having
        count(distinct party_type) > 1
        or count(distinct component_id) > 1
        or min(record_key) <> cluster_id
)

select * from misplaced
union all
select * from ill_formed
