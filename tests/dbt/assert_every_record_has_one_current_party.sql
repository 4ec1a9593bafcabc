-- Every party record that is neither deleted nor in quarantine is in exactly one current row of the
-- bridge, and the bridge has no current row for any other record.
with

records as (
    select record_key
    from {{ ref('int_party_records') }}
    where
        not is_deleted
        and record_key not in (
            select record_key from {{ ref('identity_recycled_keys') }}
            where outcome = 'quarantined'
        )
),

current_rows as (
    select
        record_key,
        count(*) as bridge_rows
    from {{ ref('bridge_party_source') }}
    where is_current
    group by record_key
)

select
    records.record_key as delivered_record_key,
    current_rows.record_key as bridged_record_key,
    current_rows.bridge_rows
from records
full outer join current_rows
    on records.record_key = current_rows.record_key
where
    records.record_key is null
    or current_rows.record_key is null
    or current_rows.bridge_rows > 1
