-- One row per post, reply, reaction or follow, with the party it belongs to.
with

social_posts as (
    select * from {{ ref('int_social_posts') }}
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        social_posts.post_key,
        current_parties.gpid,
        social_posts.record_key,
        social_posts.source_system,
        social_posts.source_instance,
        social_posts.network,
        social_posts.kind,
        social_posts.text,
        social_posts.language,
        social_posts.product_id,
        social_posts.order_key,
        social_posts.reply_to_key,
        social_posts.url,
        social_posts.occurred_at
    from social_posts
    left join current_parties
        on social_posts.record_key = current_parties.record_key
)

select * from final
