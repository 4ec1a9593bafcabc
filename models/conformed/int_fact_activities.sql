-- One row per moment of a fact: what quotes, contracts and the like add to the timeline.
with

quotes as (
    select * from {{ ref('int_quotes') }}
),

contracts as (
    select * from {{ ref('int_contracts') }}
),

campaign_members as (
    select * from {{ ref('int_campaign_members') }}
),

shipments as (
    select * from {{ ref('int_shipments') }}
),

returns as (
    select * from {{ ref('int_returns') }}
),

payments as (
    select * from {{ ref('int_payments') }}
),

orders as (
    select * from {{ ref('int_orders') }}
),

final as (
    -- quotes, as they were made
    select
        quote_key as activity_key,
        record_key,
        source_system,
        source_instance,
        'quote' as activity_type,
        created_at as occurred_at,
        null as ended_at,
        null as channel,
        'outbound' as direction,
        quote_name as subject,
        null as campaign,
        null as url,
        opportunity_key as related_key,
        null as anonymous_id,
        line_count as item_count,
        total_amount as amount,
        currency_code
    from quotes
    where created_at is not null
    union all
    -- contracts, as they came into force
    select
        contract_key as activity_key,
        record_key,
        source_system,
        source_instance,
        'contract' as activity_type,
        activated_at as occurred_at,
        null as ended_at,
        null as channel,
        null as direction,
        null as subject,
        null as campaign,
        null as url,
        opportunity_key as related_key,
        null as anonymous_id,
        null as item_count,
        total_amount as amount,
        currency_code
    from contracts
    where activated_at is not null
    union all
    -- answers to campaigns
    select
        campaign_member_key as activity_key,
        record_key,
        source_system,
        source_instance,
        'campaign_response' as activity_type,
        responded_at as occurred_at,
        null as ended_at,
        null as channel,
        'inbound' as direction,
        null as subject,
        campaign_name as campaign,
        null as url,
        opportunity_key as related_key,
        null as anonymous_id,
        null as item_count,
        null as amount,
        null as currency_code
    from campaign_members
    where responded_at is not null
    union all
    -- parcels that left
    select
        shipment_key as activity_key,
        record_key,
        source_system,
        source_instance,
        'shipment' as activity_type,
        shipped_at as occurred_at,
        null as ended_at,
        null as channel,
        'outbound' as direction,
        null as subject,
        null as campaign,
        null as url,
        order_key as related_key,
        null as anonymous_id,
        null as item_count,
        null as amount,
        null as currency_code
    from shipments
    where shipped_at is not null
    union all
    -- parcels that arrived
    select
        shipment_key || '/delivered' as activity_key,
        record_key,
        source_system,
        source_instance,
        'delivery' as activity_type,
        delivered_at as occurred_at,
        null as ended_at,
        null as channel,
        'outbound' as direction,
        null as subject,
        null as campaign,
        null as url,
        order_key as related_key,
        null as anonymous_id,
        null as item_count,
        null as amount,
        null as currency_code
    from shipments
    where delivered_at is not null
    union all
    -- lines of orders that were sent back
    select
        return_line_key as activity_key,
        record_key,
        source_system,
        source_instance,
        'return' as activity_type,
        returned_at as occurred_at,
        null as ended_at,
        null as channel,
        'inbound' as direction,
        null as subject,
        null as campaign,
        null as url,
        order_key as related_key,
        null as anonymous_id,
        null as item_count,
        refund_amount as amount,
        currency_code
    from returns
    where returned_at is not null
    union all
    -- payments that went through or did not; without a customer it is that of the order
    select
        payments.payment_key as activity_key,
        coalesce(payments.record_key, orders.record_key) as record_key,
        payments.source_system,
        payments.source_instance,
        case when payments.payment_status = 'failed' then 'failed_payment' else 'payment' end
            as activity_type,
        payments.charged_at as occurred_at,
        null as ended_at,
        null as channel,
        'inbound' as direction,
        null as subject,
        null as campaign,
        null as url,
        payments.order_key as related_key,
        null as anonymous_id,
        null as item_count,
        payments.amount,
        payments.currency_code
    from payments
    left join orders
        on payments.order_key = orders.order_key
    where payments.charged_at is not null
)

select
    cast(activity_key as varchar) as activity_key,
    cast(record_key as varchar) as record_key,
    cast(source_system as varchar) as source_system,
    cast(source_instance as varchar) as source_instance,
    cast(activity_type as varchar) as activity_type,
    cast(occurred_at as timestamp) as occurred_at,
    cast(ended_at as timestamp) as ended_at,
    cast(channel as varchar) as channel,
    cast(direction as varchar) as direction,
    cast(subject as varchar) as subject,
    cast(campaign as varchar) as campaign,
    cast(url as varchar) as url,
    cast(related_key as varchar) as related_key,
    cast(anonymous_id as varchar) as anonymous_id,
    cast(item_count as bigint) as item_count,
    cast(amount as decimal(18, 2)) as amount,
    cast(currency_code as varchar) as currency_code
from final
