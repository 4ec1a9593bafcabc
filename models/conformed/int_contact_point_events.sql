-- One row per record, channel and kind of sign that its contact points work or not, the last one.
with

delivered as (
    {{ union_adapters('contact_point_events') }}
),

-- a status of the record, not an event: what a system has given up, it writes to no more
given_up as (
    select
        record_key,
        channel,
        'undeliverable' as evidence,
        max(effective_from) as last_at,
        count(*) as event_count
    from {{ ref('int_consent_events') }}
    where status = 'undeliverable' and record_key is not null and channel in ('email', 'phone')
    group by record_key, channel
),

final as (
    select * from delivered
    union all
    select * from given_up
)

select * from final
