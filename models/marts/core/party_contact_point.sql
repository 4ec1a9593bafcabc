-- One row per party, channel and contact value: whether it works, and which one to use.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_rows(
        ['gpid', 'input_hash'],
        'select gpid, contact_hash as input_hash from ' ~ ref('party_inputs')
    ) }}"
) }}
with

parties as (
    select gpid, input_hash as golden_hash, contact_hash as input_hash
    from {{ ref('party_inputs') }}
),

-- a party whose records say what they said in the last build is kept as it was then
new_parties as (
    {{ new_rows('parties', ['gpid', 'input_hash']) }}
),

known as (
    select
        contact_values.*,
        new_parties.golden_hash
    from {{ ref('party_contact_values') }} as contact_values
    inner join new_parties on contact_values.gpid = new_parties.gpid
),

-- however often an address is written anew, it is one home
homes as (
    select
        gpid,
        postal,
        dwelling,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from known
    where channel = 'address' and not is_of_work
    group by gpid, postal, dwelling
),

-- somebody moved: a home elsewhere was first heard of later, and last heard of later
moves as (
    select
        former.gpid,
        former.postal,
        former.dwelling,
        min(newer.first_seen_at) as moved_at
    from homes as former
    inner join homes as newer
        on former.gpid = newer.gpid
        and former.first_seen_at < newer.first_seen_at
        and former.last_seen_at < newer.last_seen_at
        and former.postal <> newer.postal
        and former.dwelling <> newer.dwelling
    group by former.gpid, former.postal, former.dwelling
),

golden as (
    select
        gpid,
        attribute,
        value,
        record_key,
        deciding_rule,
        input_hash
    from {{ ref('party_attribute_source') }}
    where attribute in ('email', 'phone', 'address')
),

judged as (
    select
        known.*,
        case
            when moves.moved_at is not null then greatest(moves.moved_at, known.last_seen_at)
        end as valid_to,
        case
            when known.last_confirmed_at is not null then 'confirmed'
            when known.source_system_count > 1 then 'corroborated'
            else 'stated'
        end as verification,
        case
            when
                known.has_bounced
                and coalesce(known.last_bounced_at >= known.last_reached_at, true) then 'bounced'
            when known.last_refused_at >= coalesce(known.last_reached_at, known.last_refused_at)
                then 'refused'
            when known.last_reached_at is not null then 'reached'
            else 'unknown'
        end as deliverability,
        coalesce(
            case
                when known.channel = 'address'
                    then
                        golden.deciding_rule <> 'pinned'
                        and list_contains(known.record_keys, golden.record_key)
                else golden.value = known.value
            end,
            false
        ) as is_golden,
        -- a golden record that was not made again yet, in a run of single models, is not relied on
        coalesce(golden.input_hash = known.golden_hash, true) as is_up_to_date
    from known
    left join moves
        on known.gpid = moves.gpid
        and known.postal = moves.postal
        and known.dwelling = moves.dwelling
        and not known.is_of_work
    left join golden
        on known.gpid = golden.gpid and known.channel = golden.attribute
),

ranked as (
    select
        *,
        deliverability <> 'bounced' and not is_shared_by_many and valid_to is null as is_usable,
        row_number() over (
            partition by gpid, channel
            order by
                deliverability = 'bounced' or is_shared_by_many or valid_to is not null,
                not is_golden,
                deliverability = 'refused',
                verification <> 'confirmed',
                source_system_count desc,
                record_count desc,
                last_seen_at desc nulls last,
                value
        ) as place
    from judged
),

final as (
    select
        gpid,
        channel,
        value,
        is_shared_by_many,
        record_count,
        source_system_count,
        first_seen_at,
        last_seen_at,
        valid_to,
        valid_to is not null as is_stale,
        verification,
        deliverability,
        case deliverability
            when 'bounced' then last_bounced_at
            when 'refused' then last_refused_at
            when 'reached' then last_reached_at
        end as deliverability_at,
        place = 1 and is_usable as is_preferred,
        case when is_up_to_date then input_hash end as input_hash,
        made_by
    from ranked
)

select * from final
