-- One row per comment on a case; it belongs to the customer of the case.
with

comments as (
    select
        *,
        {{ salesforce_id('Id') }} as comment_id,
        {{ record_key(
            "'service_cloud'", '_instance', "'case'", salesforce_id('ParentId')
        ) }} as case_key
    from {{ source('service_cloud', 'case_comment') }}
    where _status = 'accepted' and not _is_deleted
),

cases as (
    select * from {{ ref('stg_service_cloud__cases') }}
),

final as (
    select
        {{ record_key(
            "'service_cloud'", 'comments._instance', "'case_comment'", 'comments.comment_id'
        ) }} as activity_key,
        cases.record_key,
        'service_cloud' as source_system,
        comments._instance as source_instance,
        'case_comment' as activity_type,
        comments.CreatedDate as occurred_at,
        cast(null as timestamp) as ended_at,
        lower(cases.origin) as channel,
        -- the author is always a user, and a customer in the portal is one too
        null as direction,
        cases.subject,
        null as campaign,
        null as url,
        comments.case_key as related_key,
        null as anonymous_id,
        null as item_count,
        null as amount,
        null as currency_code
    from comments
    left join cases
        on comments.case_key = cases.case_key
)

select * from final
