-- One row at most: how often one of three suggested products was bought in 26 weeks.
with

calibration as (
    select * from {{ ref('insight_periods') }}
    where period = 'calibration'
),

lines as (
    select distinct
        lines.gpid,
        lines.product_id,
        lines.ordered_at > calibration.observed_until as is_after
    from {{ ref('fct_order_lines') }} as lines
    inner join calibration
        on lines.ordered_at <= calibration.observed_until + interval 182 day
    where lines.is_sale and lines.gpid is not null and lines.product_id is not null
),

-- products new to a party that it bought in the weeks predicted
new_products as (
    select
        gpid,
        product_id
    from lines
    group by gpid, product_id
    having bool_and(is_after)
),

owned as (
    select
        gpid,
        product_id
    from lines
    where not is_after
),

known as (
    select distinct gpid
    from owned
),

tested as (
    select
        new_products.gpid,
        count(*) as products
    from new_products
    inner join known
        on new_products.gpid = known.gpid
    group by new_products.gpid
),

suggested as (
    select
        gpid,
        product_id
    from {{ ref('next_product_candidates') }}
    where period = 'calibration'
),

best_sellers as (
    select
        product_id,
        count(*) as parties
    from owned
    group by product_id
    order by parties desc, product_id
    limit 200
),

-- the plain guess: what most parties have bought
popular as (
    select
        tested.gpid,
        products.product_id
    from tested
    cross join best_sellers as products
    anti join owned
        on tested.gpid = owned.gpid
        and products.product_id = owned.product_id
    qualify row_number() over (
        partition by tested.gpid order by products.parties desc, products.product_id
    ) <= 3
),

hits as (
    select
        tested.gpid,
        count(suggested.product_id) as suggested_hits,
        count(popular.product_id) as popular_hits
    from tested
    inner join new_products
        on tested.gpid = new_products.gpid
    left join suggested
        on new_products.gpid = suggested.gpid
        and new_products.product_id = suggested.product_id
    left join popular
        on new_products.gpid = popular.gpid
        and new_products.product_id = popular.product_id
    group by tested.gpid
),

final as (
    select
        'party_next_product' as model,
        'share of parties of which one of three suggestions was right' as metric,
        'higher' as better,
        avg(cast(suggested_hits > 0 as integer)) as value,
        avg(cast(popular_hits > 0 as integer)) as baseline,
        'the three most bought products that it does not have' as baseline_is,
        count(*) as tested_rows
    from hits
    having count(*) > 0
)

select * from final
