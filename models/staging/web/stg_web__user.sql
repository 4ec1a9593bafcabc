-- One row per user id that signed in, on the website or in the app.
with

events as (
    select _instance, user_id, site, event_timestamp
    from {{ source('web', 'page_event') }}
    where _status = 'accepted' and not _is_deleted
    union all
    select _instance, user_id, site, event_timestamp
    from {{ source('web', 'app_event') }}
    where _status = 'accepted' and not _is_deleted
)

select
    {{ record_key("'web'", '_instance', "'user'", 'user_id') }} as record_key,
    _instance as source_instance,
    user_id,
    -- null where one id signed in to several sites: whose customer it is cannot be told
    case when count(distinct site) = 1 then min(site) end as site,
    min(event_timestamp) as first_seen_at,
    max(event_timestamp) as last_seen_at
from events
where user_id is not null
group by 1, 2, 3
