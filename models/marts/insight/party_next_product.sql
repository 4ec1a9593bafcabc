-- One row per party and rank: a product that it has not bought, and the one that suggests it.
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
        candidates.gpid,
        candidates.product_rank,
        candidates.product_id,
        product.product_name,
        candidates.because_of_product_id,
        because.product_name as because_of_product_name,
        candidates.confidence,
        candidates.confidence_low,
        candidates.lift
    from {{ ref('next_product_candidates') }} as candidates
    left join names as product
        on candidates.product_id = product.product_id
    left join names as because
        on candidates.because_of_product_id = because.product_id
    where candidates.period = 'whole'
)

select * from final
