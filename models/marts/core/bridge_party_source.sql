-- One row per source record and validity interval; one current row per record that exists.
with

moves as (
    select
        record_key,
        gpid,
        party_type,
        committed_at as valid_from,
        commit_number as valid_from_commit,
        lead(committed_at) over (partition by record_key order by commit_number) as valid_to,
        lead(commit_number) over (partition by record_key order by commit_number)
            as valid_to_commit
    from {{ ref('gpid_events') }}
    where record_key is not null
),

membership as (
    select * from {{ ref('identity_membership') }}
),

links as (
    select
        record_key_a,
        record_key_b,
        match_probability
    from {{ ref('identity_edges') }}
    union all
    select
        record_key_a,
        record_key_b,
        1 / (1 + pow(2, -weight)) as match_probability
    from {{ ref('identity_declared_edges') }}
),

-- every link inside a party, seen from both of its records
seen as (
    select
        unnest([links.record_key_a, links.record_key_b]) as record_key,
        links.match_probability
    from links
    inner join membership as membership_a on links.record_key_a = membership_a.record_key
    inner join membership as membership_b on links.record_key_b = membership_b.record_key
    where membership_a.cluster_id = membership_b.cluster_id
),

-- how well the record's best link inside its party supports its place there
support as (
    select
        record_key,
        max(match_probability) as match_probability
    from seen
    group by record_key
),

final as (
    select
        moves.gpid,
        moves.record_key,
        split_part(moves.record_key, '/', 1) as source_system,
        split_part(moves.record_key, '/', 2) as source_instance,
        split_part(moves.record_key, '/', 3) as source_object,
        {{ source_key_of('moves.record_key') }} as source_key,
        moves.party_type,
        -- a record alone is certain of itself
        case when moves.valid_to is null then coalesce(support.match_probability, 1.0) end
            as match_probability,
        moves.valid_from,
        moves.valid_to,
        moves.valid_to is null as is_current,
        moves.valid_from_commit,
        moves.valid_to_commit
    from moves
    left join support on moves.record_key = support.record_key
    -- a record that left has no party from then on
    where moves.gpid is not null
)

select * from final
