-- One row per source record and validity interval; exactly one current row per record that exists.
with

moves as (
    select
        record_key,
        gpid,
        party_type,
        commit_number,
        committed_at as valid_from,
        lead(committed_at) over (partition by record_key order by commit_number) as valid_to
    from {{ ref('gpid_events') }}
    where record_key is not null
),

-- how well the record's own best link supports its place; a record alone is certain of itself
support as (
    select record_key, max(match_probability) as match_probability
    from (
        select edges.record_key_a as record_key, edges.match_probability, edges.record_key_b as other
        from {{ ref('identity_edges') }} as edges
        union all
        select edges.record_key_b, edges.match_probability, edges.record_key_a
        from {{ ref('identity_edges') }} as edges
        union all
        select declared.record_key_a, 1 / (1 + pow(2, -declared.weight)), declared.record_key_b
        from {{ ref('identity_declared_edges') }} as declared
        union all
        select declared.record_key_b, 1 / (1 + pow(2, -declared.weight)), declared.record_key_a
        from {{ ref('identity_declared_edges') }} as declared
    ) as links
    inner join {{ ref('identity_membership') }} as own using (record_key)
    inner join {{ ref('identity_membership') }} as others on links.other = others.record_key
    where own.cluster_id = others.cluster_id
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
        case when moves.valid_to is null then coalesce(support.match_probability, 1.0) end
            as match_probability,
        moves.valid_from,
        moves.valid_to,
        moves.valid_to is null as is_current
    from moves
    left join support on moves.record_key = support.record_key
    -- a record that left has no party from then on
    where moves.gpid is not null
)

select * from final
