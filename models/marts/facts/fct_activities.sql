-- One row per activity, with the party it belongs to.
with

activities as (
    select * from {{ ref('int_activities') }}
),

current_parties as (
    select
        record_key,
        gpid
    from {{ ref('bridge_party_source') }}
    where is_current
),

final as (
    select
        activities.activity_key,
        current_parties.gpid,
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
)

select * from final
