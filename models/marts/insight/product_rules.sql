-- One row per period and pair of products: how much having bought the one says about the other.
with

bought as (
    select distinct
        periods.period,
        lines.gpid,
        lines.product_id
    from {{ ref('fct_order_lines') }} as lines
    inner join {{ ref('insight_periods') }} as periods
        on lines.ordered_at <= periods.observed_until
    where lines.is_sale and lines.gpid is not null and lines.product_id is not null
),

buyers as (
    select
        period,
        count(distinct gpid) as all_parties
    from bought
    group by period
),

-- a product that few have bought tells nothing, and neither does a party that buys everything
products as (
    select
        period,
        product_id,
        count(*) as parties
    from bought
    group by period, product_id
    having count(*) >= 5
),

baskets as (
    select
        bought.period,
        bought.gpid,
        bought.product_id
    from bought
    inner join products
        on bought.period = products.period
        and bought.product_id = products.product_id
    qualify count(*) over (partition by bought.period, bought.gpid) <= 100
),

pairs as (
    select
        one.period,
        one.product_id,
        other.product_id as other_product_id,
        count(*) as parties_with_both
    from baskets as one
    inner join baskets as other
        on one.period = other.period
        and one.gpid = other.gpid
        and one.product_id != other.product_id
    group by one.period, one.product_id, other.product_id
),

final as (
    select
        pairs.period,
        pairs.product_id,
        pairs.other_product_id,
        buyers.all_parties,
        one.parties as parties_with_product,
        other.parties as parties_with_other,
        pairs.parties_with_both,
        pairs.parties_with_both / buyers.all_parties as support,
        pairs.parties_with_both / one.parties as confidence,
        {{ wilson_bound('pairs.parties_with_both', 'one.parties', 'low') }} as confidence_low,
        (pairs.parties_with_both / one.parties) / (other.parties / buyers.all_parties) as lift
    from pairs
    inner join buyers
        on pairs.period = buyers.period
    inner join products as one
        on pairs.period = one.period
        and pairs.product_id = one.product_id
    inner join products as other
        on pairs.period = other.period
        and pairs.other_product_id = other.product_id
)

select * from final
