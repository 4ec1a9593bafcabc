-- Two records that a steward declared the same are in one cluster, and two that are different are
-- not. Checked before anything is committed: when it fails, gpid_events is skipped.
select
    decisions.record_key_a,
    decisions.record_key_b,
    decisions.decision
from {{ ref('identity_decisions') }} as decisions
inner join {{ ref('identity_membership') }} as membership_a
    on decisions.record_key_a = membership_a.record_key
inner join {{ ref('identity_membership') }} as membership_b
    on decisions.record_key_b = membership_b.record_key
where
    decisions.status = 'in force'
    and (decisions.decision = 'same') <> (membership_a.cluster_id = membership_b.cluster_id)
