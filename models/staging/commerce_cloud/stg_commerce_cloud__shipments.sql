-- One row per parcel that is not deleted.
with

shipments as (
    select
        *,
        {{ record_key("'commerce_cloud'", '_instance', "'order'", 'orderNo') }} as order_key,
        {{ record_key("'commerce_cloud'", '_instance', "'shipment'", 'orderNo') }}
        || '/' || shipmentNo as shipment_key
    from {{ source('commerce_cloud', 'shipment') }}
    where _status = 'accepted' and not _is_deleted
),

-- what the carrier says of a parcel; the last report is the latest, of equal ones the highest
reports as (
    select
        shipment_key,
        event_status,
        occurred_at,
        row_number() over (
            partition by shipment_key order by occurred_at desc, shipment_event_key desc
        ) as place_from_last
    from {{ ref('stg_commerce_cloud__shipment_events') }}
),

tracking as (
    select
        shipment_key,
        count(*) as event_count,
        max(occurred_at) as last_event_at,
        max(case when place_from_last = 1 then event_status end) as last_status,
        -- a label that was printed is no parcel that left
        min(
            case
                when event_status in ('shipped', 'picked_up', 'in_transit', 'out_for_delivery')
                    then occurred_at
            end
        ) as shipped_at,
        max(case when event_status = 'delivered' then occurred_at end) as delivered_at
    from reports
    group by 1
),

orders as (
    select * from {{ ref('stg_commerce_cloud__order') }}
),

dated as (
    select
        shipments.*,
        orders.record_key,
        tracking.event_count,
        tracking.last_event_at,
        tracking.last_status,
        coalesce(shipments.shippedDate, tracking.shipped_at) as shipped_at,
        coalesce(shipments.deliveredDate, tracking.delivered_at) as delivered_at
    from shipments
    left join tracking
        on shipments.shipment_key = tracking.shipment_key
    left join orders
        on shipments.order_key = orders.order_key
),

final as (
    select
        shipment_key,
        record_key,
        'commerce_cloud' as source_system,
        _instance as source_instance,
        order_key,
        carrier,
        shippingMethod as shipping_method,
        trackingNumber as tracking_number,
        case
            when delivered_at is not null then 'delivered'
            else coalesce(last_status, lower(shippingStatus))
        end as shipment_status,
        creationDate as created_at,
        shipped_at,
        estimatedDeliveryDate as promised_on,
        delivered_at,
        coalesce(event_count, 0) as event_count,
        last_event_at
    from dated
)

select * from final
