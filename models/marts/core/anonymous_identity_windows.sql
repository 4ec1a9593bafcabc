-- One row per device and stretch of time in which it is certain whose it is.
with

-- whoever was erased left the token of the device, which others may still use
devices_by_token as (
    select distinct
        source_system,
        source_instance,
        anonymous_id,
        privacy_token(anonymous_id) as device_token
    from {{ ref('int_identity_signals') }}
),

signals as (
    select
        signals.* exclude (anonymous_id),
        coalesce(by_token.anonymous_id, signals.anonymous_id) as anonymous_id,
        coalesce(by_record.gpid, by_order.gpid) as gpid,
        -- somebody whom no record shows any more is still somebody
        coalesce(by_record.gpid, by_order.gpid, signals.record_key, 'somebody') as known_as
    from {{ ref('int_identity_signals') }} as signals
    left join devices_by_token as by_token
        on signals.source_system = by_token.source_system
        and signals.source_instance = by_token.source_instance
        and signals.anonymous_id = by_token.device_token
    left join {{ ref('int_orders') }} as orders on signals.order_key = orders.order_key
    left join {{ ref('record_parties') }} as by_record
        on signals.record_key = by_record.record_key
    left join {{ ref('record_parties') }} as by_order
        on orders.record_key = by_order.record_key
    -- an order of nobody's tells nothing; one that was not delivered may be anybody's
    where signals.evidence <> 'order' or orders.order_key is not null
),

devices as (
    select
        source_system,
        source_instance,
        anonymous_id,
        count(distinct known_as) as party_count
    from signals
    group by source_system, source_instance, anonymous_id
),

-- only one party was ever known there: its past and its future are that party's
own as (
    select
        signals.source_system,
        signals.source_instance,
        signals.anonymous_id,
        any_value(signals.gpid) as gpid,
        cast(null as timestamp) as valid_from,
        cast(null as timestamp) as valid_to,
        {{ sorted_list('signals.evidence') }} as evidence,
        any_value(devices.party_count) as party_count
    from signals
    inner join devices
        on signals.source_system = devices.source_system
        and signals.source_instance = devices.source_instance
        and signals.anonymous_id = devices.anonymous_id
    where devices.party_count = 1
    group by signals.source_system, signals.source_instance, signals.anonymous_id
),

-- on a shared device a stretch ends with a sign-out, or with the next party
marked as (
    select
        signals.*,
        devices.party_count,
        lag(signals.known_as) over device as former_known_as,
        lag(signals.is_signed_out) over device as was_signed_out
    from signals
    inner join devices
        on signals.source_system = devices.source_system
        and signals.source_instance = devices.source_instance
        and signals.anonymous_id = devices.anonymous_id
    where devices.party_count > 1
    window device as (
        partition by signals.source_system, signals.source_instance, signals.anonymous_id
        order by signals.first_at, signals.last_at, signals.signal_key
    )
),

numbered as (
    select
        *,
        sum(
            case when former_known_as is distinct from known_as or was_signed_out then 1 else 0 end
        ) over (
            partition by source_system, source_instance, anonymous_id
            order by first_at, last_at, signal_key
            rows between unbounded preceding and current row
        ) as stretch
    from marked
),

stretches as (
    select
        source_system,
        source_instance,
        anonymous_id,
        any_value(gpid) as gpid,
        min(first_at) as valid_from,
        -- the last event belongs to it
        max(last_at) + interval 1 microsecond as ends_at,
        {{ sorted_list('evidence') }} as evidence,
        any_value(party_count) as party_count,
        stretch
    from numbered
    group by source_system, source_instance, anonymous_id, stretch
),

shared as (
    select
        source_system,
        source_instance,
        anonymous_id,
        gpid,
        valid_from,
        least(ends_at, lead(valid_from) over (
            partition by source_system, source_instance, anonymous_id
            order by valid_from, stretch
        )) as valid_to,
        evidence,
        party_count
    from stretches
),

final as (
    select * from own
    where gpid is not null
    union all
    select * from shared
    where gpid is not null and valid_from < valid_to
)

select * from final
