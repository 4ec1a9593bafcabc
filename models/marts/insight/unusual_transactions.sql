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

medians as (
    select
        *,
        count(*) over (partition by gpid, currency_code) as sales_of_party,
        median(log_amount) over (partition by gpid, currency_code) as middle_of_party,
        count(*) over (partition by currency_code) as sales_of_all,
        median(log_amount) over (partition by currency_code) as middle_of_all
    from sales
),

spreads as (
    select
        *,
        median(abs(log_amount - middle_of_party)) over (partition by gpid, currency_code)
            as spread_of_party,
        median(abs(log_amount - middle_of_all)) over (partition by currency_code) as spread_of_all,
        gpid is not null and sales_of_party >= 5 as is_own
    from medians
),

-- five sales make a baseline; one whose sales are all alike has no spread of its own
measured as (
    select
        *,
        case when is_own then 'party' else 'all' end as baseline,
        case when is_own then sales_of_party else sales_of_all end as baseline_sales,
        case when is_own then middle_of_party else middle_of_all end as middle,
        case when is_own and spread_of_party > 0 then spread_of_party else spread_of_all end
            as spread
    from spreads
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
