-- One row per time that a browser shows whose it is: signed in, an order, a click in an e-mail.
with

events as (
    select
        *,
        {{ record_key("'web'", '_instance', "'event'", 'event_id') }} as event_key,
        regexp_extract(url, '[?&]{{ var("web_click_parameter") }}=([^&#]+)', 1) as click_value
    from {{ source('web', 'page_event') }}
    where _status = 'accepted' and not _is_deleted and anonymous_id is not null
),

neighbours as (
    select
        *,
        lag(user_id) over device as former_user,
        lead(user_id) over device as next_user,
        lead(session_id) over device as next_session,
        lead(event_timestamp) over device as next_timestamp,
        max(event_timestamp) over (partition by _instance, anonymous_id, session_id) as visit_end
    from events
    window device as (partition by _instance, anonymous_id order by event_timestamp, event_id)
),

-- signed out is who is not there any more while the visit goes on
compared as (
    select
        *,
        case when coalesce(former_user = user_id, false) then 0 else 1 end as begins_stretch,
        coalesce(
            next_user is null and coalesce(
                next_session = session_id,
                next_timestamp
                <= event_timestamp + interval '{{ var("web_session_timeout_minutes") }}' minute
            ),
            false
        ) as is_signed_out_next
    from neighbours
),

stretches as (
    select
        *,
        sum(begins_stretch) over (
            partition by _instance, anonymous_id
            order by event_timestamp, event_id
            rows between unbounded preceding and current row
        ) as stretch
    from compared
),

-- from the first event of a user to the last, before another one, or nobody, is signed in
signed_in as (
    select
        min_by(event_key, (event_timestamp, event_id)) || '/login' as signal_key,
        _instance as source_instance,
        anonymous_id,
        'login' as evidence,
        {{ record_key("'web'", '_instance', "'user'", 'user_id') }} as record_key,
        null as order_key,
        min(event_timestamp) as first_at,
        max(event_timestamp) as last_at,
        max_by(is_signed_out_next, (event_timestamp, event_id)) as is_signed_out
    from stretches
    where user_id is not null
    group by _instance, anonymous_id, user_id, stretch
),

orders as (
    select
        event_key || '/order' as signal_key,
        _instance as source_instance,
        anonymous_id,
        'order' as evidence,
        null as record_key,
        {{ record_key("'commerce_cloud'", 'site', "'order'", 'transaction_id') }} as order_key,
        event_timestamp as first_at,
        event_timestamp as last_at,
        false as is_signed_out
    from events
    where transaction_id is not null
),

-- who follows the link in somebody's e-mail stays that person for the visit
clicks as (
    select
        event_key || '/email_click' as signal_key,
        _instance as source_instance,
        anonymous_id,
        'email_click' as evidence,
        {{ record_key(
            "split_part('" ~ var('web_click_subscribers') ~ "', '/', 1)",
            "split_part('" ~ var('web_click_subscribers') ~ "', '/', 2)",
            "'subscriber'",
            'url_decode(click_value)'
        ) }} as record_key,
        null as order_key,
        event_timestamp as first_at,
        case when session_id is null then event_timestamp else visit_end end as last_at,
        false as is_signed_out
    from neighbours
    where click_value <> ''
),

everything as (
    select * from signed_in
    union all
    select * from orders
    union all
    select * from clicks
),

final as (
    select
        *,
        'web' as source_system
    from everything
)

select * from final
