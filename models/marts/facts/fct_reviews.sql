-- One row per review, with the party it belongs to.
with

reviews as (
    select * from {{ ref('int_reviews') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        reviews.review_key,
        current_parties.gpid,
        reviews.record_key,
        reviews.source_system,
        reviews.source_instance,
        reviews.network,
        reviews.product_id,
        reviews.order_key,
        reviews.rating,
        reviews.title,
        reviews.text,
        reviews.language,
        reviews.written_at,
        reviews.edited_at
    from reviews
    left join current_parties
        on reviews.record_key = current_parties.record_key
)

select * from final
