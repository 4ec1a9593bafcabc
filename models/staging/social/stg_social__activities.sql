-- One row per post, reply, reaction, follow and review.
with

said as (
    select
        post_key as activity_key,
        record_key,
        source_instance,
        case
            when kind in ('post', 'reply') then 'social_post'
            when kind in ('like', 'share') then 'social_reaction'
            else 'social_follow'
        end as activity_type,
        occurred_at,
        null as subject,
        url,
        order_key
    from {{ ref('stg_social__social_posts') }}
    union all
    select
        review_key as activity_key,
        record_key,
        source_instance,
        'review' as activity_type,
        written_at as occurred_at,
        title as subject,
        null as url,
        order_key
    from {{ ref('stg_social__reviews') }}
),

final as (
    select
        activity_key,
        record_key,
        'social' as source_system,
        source_instance,
        activity_type,
        occurred_at,
        cast(null as timestamp) as ended_at,
        'social' as channel,
        'inbound' as direction,
        subject,
        null as campaign,
        url,
        order_key as related_key,
        null as anonymous_id,
        null as item_count,
        null as amount,
        null as currency_code
    from said
)

select * from final
