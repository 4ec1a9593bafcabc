-- One row per request of a person about the data that are held: whom it is about, how far it is.
with

requests as (
    select * from {{ ref('int_privacy_requests') }}
),

bridge as (
    select * from {{ ref('bridge_party_source') }}
    where is_current
),

health as (
    select * from {{ ref('party_health') }}
),

redirects as (
    select * from {{ ref('gpid_redirect') }}
),

steps as (
    select
        request_id,
        max(gpid) as gpid,
        max(record_count) as record_count,
        max(recorded_at) filter (action = 'erased') as erased_at,
        max(recorded_at) filter (action in ('verified', 'exported')) as done_at
    from {{ ref('privacy_audit') }}
    group by request_id
),

holds as (
    select distinct gpid
    from {{ ref('party_suppression') }}
    where blocks_erasure and is_active
),

found as (
    select
        requests.*,
        coalesce(steps.gpid, bridge.gpid, redirects.live_gpid, health.gpid) as gpid,
        steps.record_count as erased_records,
        steps.erased_at,
        steps.done_at
    from requests
    left join steps on requests.request_id = steps.request_id
    left join bridge on requests.subject = bridge.record_key
    left join redirects on requests.subject = redirects.retired_gpid
    left join health on requests.subject = health.gpid
),

final as (
    select
        found.request_id,
        found.kind,
        found.subject,
        found.requested_at,
        found.deadline,
        found.gpid,
        coalesce(found.erased_records, health.record_count) as record_count,
        health.weakest_link_weight,
        case
            when found.done_at is not null then 'done'
            when found.erased_at is not null then 'started'
            when health.gpid is null then 'unknown subject'
            when found.kind = 'erasure' and holds.gpid is not null then 'on hold'
            when
                found.kind = 'erasure'
                and found.confirmed_by is null
                and (
                    health.has_conflict
                    or health.weakest_link_weight < {{ var('review_to_bits') }}
                )
                then 'needs confirmation'
            else 'open'
        end as status,
        coalesce(found.done_at, found.erased_at) as status_since,
        cast(found.erased_at as date) + {{ var('backup_retention_days') }} as backups_until,
        found.confirmed_by
    from found
    left join health on found.gpid = health.gpid
    left join holds on found.gpid = holds.gpid
)

select * from final
