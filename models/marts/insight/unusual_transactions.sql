-- One row per sale whose amount is far from what its party, or everybody, usually spends.
with

sales as (
    select
        order_key,
        gpid,
        ordered_at,
        currency_code,
        total_amount,
        ln(total_amount) as log_amount
    from {{ ref('fct_orders') }}
    where is_sale and total_amount > 0 and currency_code is not null
),

of_party as (
    select
        gpid,
        currency_code,
        count(*) as sales,
        median(log_amount) as middle,
        mad(log_amount) as spread
    from sales
    where gpid is not null
    group by gpid, currency_code
),

of_all as (
    select
        currency_code,
        count(*) as sales,
        median(log_amount) as middle,
        mad(log_amount) as spread
    from sales
    group by currency_code
),

-- five sales make a baseline; one whose sales are all alike has no spread of its own
measured as (
    select
        sales.*,
        case when of_party.sales >= 5 then 'party' else 'all' end as baseline,
        case when of_party.sales >= 5 then of_party.sales else of_all.sales end as baseline_sales,
        case when of_party.sales >= 5 then of_party.middle else of_all.middle end as middle,
        case
            when of_party.sales >= 5 and of_party.spread > 0 then of_party.spread
            else of_all.spread
        end as spread
    from sales
    left join of_party
        on sales.gpid = of_party.gpid
        and sales.currency_code = of_party.currency_code
    inner join of_all
        on sales.currency_code = of_all.currency_code
),

final as (
    select
        order_key,
        gpid,
        ordered_at,
        currency_code,
        total_amount,
        baseline,
        baseline_sales,
        round(exp(middle), 2) as usual_amount,
        0.6745 * (log_amount - middle) / spread as modified_z_score,
        case when log_amount > middle then 'unusually large' else 'unusually small' end as reason
    from measured
    where spread > 0 and abs(0.6745 * (log_amount - middle) / spread) > 3.5
)

select * from final
