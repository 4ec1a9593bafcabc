-- One row per activity, with the party it belongs to.
with

activities as (
    select * from {{ ref('int_activities') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

devices as (
    select * from {{ ref('anonymous_identity_windows') }}
),

-- what nobody signed is the party's whose device it certainly was, from the first to the last event
final as (
    select
        activities.activity_key,
        coalesce(current_parties.gpid, devices.gpid) as gpid,
        case
            when current_parties.gpid is not null then 'record'
            when devices.gpid is not null then 'device'
        end as attributed_by,
        activities.record_key,
        activities.source_system,
        activities.source_instance,
        activities.activity_type,
        activities.occurred_at,
        activities.ended_at,
        activities.channel,
        activities.direction,
        activities.subject,
        activities.campaign,
        activities.url,
        activities.related_key,
        activities.anonymous_id,
        activities.item_count,
        activities.amount,
        activities.currency_code
    from activities
    left join current_parties
        on activities.record_key = current_parties.record_key
    left join devices
        on activities.record_key is null
        and activities.source_system = devices.source_system
        and activities.source_instance = devices.source_instance
        and activities.anonymous_id = devices.anonymous_id
        and coalesce(activities.occurred_at >= devices.valid_from, devices.valid_from is null)
        and coalesce(
            coalesce(activities.ended_at, activities.occurred_at) < devices.valid_to,
            devices.valid_to is null
        )
)

select * from final
