-- Windows of a device do not overlap, and no anonymous visit is given to a party while another one,
-- or somebody who is not known any more, shows on the device.
with

overlapping as (
    select
        former.anonymous_id,
        'windows of ' || former.gpid || ' and ' || later.gpid || ' overlap' as problem
    from {{ ref('anonymous_identity_windows') }} as former
    inner join {{ ref('anonymous_identity_windows') }} as later
        on former.source_system = later.source_system
        and former.source_instance = later.source_instance
        and former.anonymous_id = later.anonymous_id
        and (former.gpid, former.valid_from) is distinct from (later.gpid, later.valid_from)
        and coalesce(former.valid_from <= later.valid_from, former.valid_from is null)
        and coalesce(former.valid_to > later.valid_from, former.valid_to is null)
),

mixed as (
    select
        activities.anonymous_id,
        activities.activity_key || ' has a sign of ' || signals.record_key as problem
    from {{ ref('fct_activities') }} as activities
    inner join {{ ref('int_identity_signals') }} as signals
        on activities.source_system = signals.source_system
        and activities.source_instance = signals.source_instance
        and activities.anonymous_id = signals.anonymous_id
        and activities.occurred_at <= signals.last_at
        and coalesce(activities.ended_at, activities.occurred_at) >= signals.first_at
    left join {{ ref('bridge_party_source') }} as members
        on signals.record_key = members.record_key and members.is_current
    where
        activities.attributed_by = 'device'
        and signals.evidence <> 'order'
        and members.gpid is distinct from activities.gpid
)

select * from overlapping
union all
select * from mixed
