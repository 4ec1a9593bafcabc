-- One row per task or event; patterns of a series and invitees' copies are none.
with

-- a person account is known to tasks by its contact id, whose row most extracts do not hold
person_accounts as (
    select
        source_instance,
        person_contact_id,
        min(record_key) as record_key
    from {{ ref('stg_sales_cloud__account') }}
    where person_contact_id is not null
    group by 1, 2
),

tasks as (
    select
        _instance,
        'task' as activity_type,
        {{ salesforce_id('Id') }} as activity_id,
        coalesce(CompletedDateTime, cast(ActivityDate as timestamp), CreatedDate) as occurred_at,
        CompletedDateTime as ended_at,
        case lower(TaskSubtype) when 'call' then 'phone' when 'email' then 'email' end as channel,
        case lower(CallType) when 'inbound' then 'inbound' when 'outbound' then 'outbound' end
            as direction,
        Subject as subject,
        {{ salesforce_id('WhoId') }} as who_id,
        {{ salesforce_id('WhatId') }} as what_id,
        {{ salesforce_id('AccountId') }} as account_id
    from {{ source('sales_cloud', 'task') }}
    where _status = 'accepted' and not _is_deleted and not coalesce(IsRecurrence, false)
),

events as (
    select
        _instance,
        'event' as activity_type,
        {{ salesforce_id('Id') }} as activity_id,
        coalesce(StartDateTime, cast(ActivityDate as timestamp), CreatedDate) as occurred_at,
        EndDateTime as ended_at,
        'meeting' as channel,
        null as direction,
        Subject as subject,
        {{ salesforce_id('WhoId') }} as who_id,
        {{ salesforce_id('WhatId') }} as what_id,
        {{ salesforce_id('AccountId') }} as account_id
    from {{ source('sales_cloud', 'event') }}
    where
        _status = 'accepted'
        and not _is_deleted
        and not coalesce(IsChild, false)
        and not coalesce(IsRecurrence, false)
),

activities as (
    select *, {{ salesforce_object('who_id') }} as who, {{ salesforce_object('what_id') }} as what
    from tasks
    union all
    select *, {{ salesforce_object('who_id') }} as who, {{ salesforce_object('what_id') }} as what
    from events
),

final as (
    select
        {{ record_key(
            "'sales_cloud'", 'activities._instance', 'activity_type', 'activity_id'
        ) }} as activity_key,
        -- the person first, then the account
        coalesce(
            person_accounts.record_key,
            case
                when who in ('contact', 'lead')
                    then {{ record_key("'sales_cloud'", 'activities._instance', 'who', 'who_id') }}
            end,
            {{ record_key("'sales_cloud'", 'activities._instance', "'account'", 'account_id') }},
            case
                when what = 'account'
                    then {{ record_key(
                        "'sales_cloud'", 'activities._instance', 'what', 'what_id'
                    ) }}
            end
        ) as record_key,
        'sales_cloud' as source_system,
        activities._instance as source_instance,
        activities.activity_type,
        activities.occurred_at,
        activities.ended_at,
        activities.channel,
        activities.direction,
        activities.subject,
        null as campaign,
        null as url,
        case
            when what = 'opportunity'
                then {{ record_key("'sales_cloud'", 'activities._instance', 'what', 'what_id') }}
        end as related_key,
        null as anonymous_id,
        null as item_count,
        null as amount,
        null as currency_code
    from activities
    left join person_accounts
        on activities._instance = person_accounts.source_instance
        and activities.who_id = person_accounts.person_contact_id
)

select * from final
