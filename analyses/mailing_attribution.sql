-- One row per mailing and currency: orders within 14 days of a click in it, counted once.
with

clicks as (
    select
        gpid,
        campaign,
        occurred_at as clicked_at
    from {{ ref('fct_activities') }}
    where activity_type = 'email_click' and gpid is not null
),

sends as (
    select
        campaign,
        count(distinct gpid) as recipients
    from {{ ref('fct_activities') }}
    where activity_type = 'email_send' and gpid is not null
    group by campaign
),

-- the last click before an order has it, whichever system's record ordered
attributed as (
    select
        orders.order_key,
        orders.currency_code,
        orders.total_amount,
        arg_max(clicks.campaign, clicks.clicked_at) as campaign
    from {{ ref('fct_orders') }} as orders
    inner join clicks
        on orders.gpid = clicks.gpid
        and orders.ordered_at >= clicks.clicked_at
        and orders.ordered_at < clicks.clicked_at + interval 14 day
    where orders.is_sale
    group by orders.order_key, orders.currency_code, orders.total_amount
),

final as (
    select
        attributed.campaign,
        attributed.currency_code,
        sends.recipients,
        count(*) as orders,
        sum(attributed.total_amount) as revenue
    from attributed
    left join sends on attributed.campaign = sends.campaign
    group by attributed.campaign, attributed.currency_code, sends.recipients
)

select * from final
order by revenue desc, campaign, currency_code
