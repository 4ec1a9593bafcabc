-- One row per period, party and rank: a product that it has not bought, and what suggests it.
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

-- of each product only the five others that it says most about
rules as (
    select *
    from {{ ref('product_rules') }}
    qualify row_number() over (
        partition by period, product_id order by confidence_low desc, other_product_id
    ) <= 5
),

suggested as (
    select
        bought.period,
        bought.gpid,
        rules.other_product_id as product_id,
        bought.product_id as because_of_product_id,
        rules.confidence,
        rules.confidence_low,
        rules.lift
    from bought
    inner join rules
        on bought.period = rules.period
        and bought.product_id = rules.product_id
),

-- the strongest of several rules that suggest the same
strongest as (
    select suggested.*
    from suggested
    anti join bought
        on suggested.period = bought.period
        and suggested.gpid = bought.gpid
        and suggested.product_id = bought.product_id
    qualify row_number() over (
        partition by suggested.period, suggested.gpid, suggested.product_id
        order by suggested.confidence_low desc, suggested.because_of_product_id
    ) = 1
),

final as (
    select
        period,
        gpid,
        row_number() over (
            partition by period, gpid order by confidence_low desc, product_id
        ) as product_rank,
        product_id,
        because_of_product_id,
        confidence,
        confidence_low,
        lift
    from strongest
    qualify product_rank <= 3
)

select * from final
