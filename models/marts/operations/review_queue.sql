-- One row per question for a steward, with the GPIDs of the two parties.
with

parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        queue.priority,
        queue.kind,
        queue.party_type,
        queue.record_key_a,
        queue.record_key_b,
        parties_a.gpid as gpid_a,
        parties_b.gpid as gpid_b,
        queue.* exclude (
            priority, kind, party_type, record_key_a, record_key_b, cluster_id_a, cluster_id_b
        )
    from {{ ref('identity_review_queue') }} as queue
    inner join parties as parties_a on queue.record_key_a = parties_a.record_key
    inner join parties as parties_b on queue.record_key_b = parties_b.record_key
)

select * from final
