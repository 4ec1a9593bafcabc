-- One row per customer to whom a product can be offered that goes with what the customer has.
with

final as (
    select
        products.gpid,
        scores.last_ordered_at as since,
        null::timestamp as until,
        products.product_name || ', because of ' || products.because_of_product_name as reason
    from {{ ref('party_next_product') }} as products
    inner join {{ ref('party_rfm') }} as scores
        on products.gpid = scores.gpid
    where products.product_rank = 1 and products.confidence_low > 0.4
)

select * from final
