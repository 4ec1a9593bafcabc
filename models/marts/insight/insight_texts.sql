-- One row per text that a customer wrote: every fact with a text of its own adds itself here.
with

final as (
    select
        case_key as text_key,
        gpid,
        'case' as text_source,
        opened_at as written_at,
        subject as text
    from {{ ref('fct_cases') }}
    where trim(subject) != ''
    union all
    select
        post_key,
        gpid,
        'post',
        occurred_at,
        text
    from {{ ref('fct_social_posts') }}
    where trim(text) != ''
    union all
    select
        review_key,
        gpid,
        'review',
        written_at,
        concat_ws(' ', title, text)
    from {{ ref('fct_reviews') }}
    where trim(concat_ws(' ', title, text)) != ''
)

select * from final
