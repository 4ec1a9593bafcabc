-- One row per period, party and currency: what the purchase model expects, with its parameters.
with

final as (
    select * from {{ ref('score_purchases') }}
)

select * from final
