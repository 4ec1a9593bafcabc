-- One row per visit to the website or the app; it is anonymous where nobody signed in.
select
    {{ record_key(
        "'web'",
        'source_instance',
        "case channel when 'app' then 'app_session' else 'session' end",
        'visitor'
    ) }} || '/' || session_id
        as activity_key,
    {{ record_key("'web'", 'source_instance', "'user'", 'user_id') }} as record_key,
    'web' as source_system,
    source_instance,
    channel || '_session' as activity_type,
    started_at as occurred_at,
    ended_at,
    channel,
    'inbound' as direction,
    null as subject,
    campaign,
    landing_url as url,
    {{ record_key("'commerce_cloud'", 'site', "'order'", 'order_number') }} as related_key,
    anonymous_id,
    event_count as item_count,
    null as amount,
    null as currency_code
from {{ ref('stg_web__session') }}
