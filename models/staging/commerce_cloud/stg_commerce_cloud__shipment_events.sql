-- One row per report of a carrier about a parcel.
with

events as (
    select
        *,
        {{ record_key("'commerce_cloud'", '_instance', "'order'", 'orderNo') }} as order_key
    from {{ source('commerce_cloud', 'shipment_event') }}
    where _status = 'accepted' and not _is_deleted
),

orders as (
    select * from {{ ref('stg_commerce_cloud__order') }}
),

final as (
    select
        {{ record_key(
            "'commerce_cloud'", 'events._instance', "'shipment_event'", 'events.orderNo'
        ) }} || '/' || events.shipmentNo || '/' || events.eventNo as shipment_event_key,
        orders.record_key,
        'commerce_cloud' as source_system,
        events._instance as source_instance,
        {{ record_key("'commerce_cloud'", 'events._instance', "'shipment'", 'events.orderNo') }}
        || '/' || events.shipmentNo as shipment_key,
        events.eventDate as occurred_at,
        lower(events.status) as event_status,
        events.location as event_location
    from events
    left join orders
        on events.order_key = orders.order_key
)

select * from final
