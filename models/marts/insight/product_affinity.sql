-- One row per pair of products, in each direction: what buyers of the one also bought.
with

names as (
    select
        product_id,
        min(product_name) as product_name
    from {{ ref('fct_order_lines') }}
    group by product_id
),

final as (
    select
        rules.product_id,
        one.product_name,
        rules.other_product_id,
        other.product_name as other_product_name,
        rules.all_parties,
        rules.parties_with_product,
        rules.parties_with_other,
        rules.parties_with_both,
        rules.support,
        rules.confidence,
        rules.confidence_low,
        rules.lift,
        -- even the low end of what the confidence may be is above what anybody does
        rules.confidence_low > rules.parties_with_other / rules.all_parties as is_telling
    from {{ ref('product_rules') }} as rules
    left join names as one
        on rules.product_id = one.product_id
    left join names as other
        on rules.other_product_id = other.product_id
    where rules.period = 'whole'
)

select * from final
