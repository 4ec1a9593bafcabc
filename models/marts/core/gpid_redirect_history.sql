-- One row per retired GPID and stretch of commits in which it led to one place, or to none.
with

events as (
    select * from {{ ref('gpid_events') }}
),

bridge as (
    select * from {{ ref('bridge_party_source') }}
),

births as (
    select
        gpid,
        commit_number as minted_in
    from events
    where event_type = 'minted'
),

lives as (
    select
        gpid as retired_gpid,
        event_type as reason,
        committed_at as since,
        commit_number as retired_in,
        lead(commit_number) over (partition by gpid order by commit_number) as ended_in
    from events
    where event_type in ('minted', 'restored', 'merged', 'retired', 'erased')
),

-- a GPID is retired until it is restored or erased, mostly for good
retirements as (
    select * from lives
    where reason in ('merged', 'retired')
),

recyclings as (
    select
        record_key,
        commit_number
    from events
    where event_type = 'recycled'
),

-- the records that a GPID had when it was retired all left it in that commit; a key counts until it
-- stands for somebody else
last_members as (
    select
        retirements.retired_gpid,
        retirements.retired_in,
        retirements.ended_in,
        events.record_key,
        least(retirements.ended_in, min(recyclings.commit_number)) as counts_until
    from retirements
    inner join events
        on retirements.retired_gpid = events.other_gpid
        and retirements.retired_in = events.commit_number
    left join recyclings
        on events.record_key = recyclings.record_key
        and retirements.retired_in <= recyclings.commit_number
    where events.record_key is not null
    group by
        retirements.retired_gpid, retirements.retired_in, retirements.ended_in, events.record_key
),

-- where they were from then on
stays as (
    select
        last_members.retired_gpid,
        last_members.retired_in,
        last_members.ended_in,
        bridge.gpid as live_gpid,
        greatest(bridge.valid_from_commit, last_members.retired_in) as from_commit,
        least(bridge.valid_to_commit, last_members.counts_until) as to_commit
    from last_members
    inner join bridge on last_members.record_key = bridge.record_key
    where
        (bridge.valid_to_commit > last_members.retired_in or bridge.valid_to_commit is null)
        and (
            bridge.valid_from_commit < last_members.counts_until
            or last_members.counts_until is null
        )
),

-- the commits in which the answer can have changed
changes as (
    select
        retired_gpid,
        retired_in,
        retired_in as commit_number
    from retirements
    union
    select
        retired_gpid,
        retired_in,
        from_commit as commit_number
    from stays
    union
    select
        retired_gpid,
        retired_in,
        to_commit as commit_number
    from stays
    where to_commit is not null and (to_commit < ended_in or ended_in is null)
),

tallies as (
    select
        changes.retired_gpid,
        changes.commit_number,
        stays.live_gpid,
        count(*) as record_count
    from changes
    inner join stays
        on changes.retired_gpid = stays.retired_gpid
        and changes.retired_in = stays.retired_in
        and changes.commit_number >= stays.from_commit
        and (changes.commit_number < stays.to_commit or stays.to_commit is null)
    group by changes.retired_gpid, changes.commit_number, stays.live_gpid
),

-- to whom most of the records belonged; of equals to the older
successors as (
    select
        tallies.retired_gpid,
        tallies.commit_number,
        tallies.live_gpid
    from tallies
    inner join births on tallies.live_gpid = births.gpid
    qualify row_number() over (
        partition by tallies.retired_gpid, tallies.commit_number
        order by tallies.record_count desc, births.minted_in, tallies.live_gpid
    ) = 1
),

answers as (
    select
        changes.retired_gpid,
        changes.retired_in,
        changes.commit_number,
        successors.live_gpid,
        lag(successors.live_gpid) over (
            partition by changes.retired_gpid, changes.retired_in order by changes.commit_number
        ) as former_live_gpid
    from changes
    left join successors
        on changes.retired_gpid = successors.retired_gpid
        and changes.commit_number = successors.commit_number
),

final as (
    select
        answers.retired_gpid,
        answers.live_gpid,
        retirements.reason,
        retirements.since,
        answers.commit_number as valid_from_commit,
        coalesce(
            lead(answers.commit_number) over (
                partition by answers.retired_gpid, answers.retired_in
                order by answers.commit_number
            ),
            retirements.ended_in
        ) as valid_to_commit
    from answers
    inner join retirements
        on answers.retired_gpid = retirements.retired_gpid
        and answers.retired_in = retirements.retired_in
    where
        answers.commit_number = answers.retired_in
        or answers.live_gpid is distinct from answers.former_live_gpid
)

select * from final
