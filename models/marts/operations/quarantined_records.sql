-- One row per delivered record that cannot be used, or not yet, and why.
with

quarantined_rows as (
    select * from {{ ref('stg_landing__quarantined_rows') }}
),

recycled as (
    select * from {{ ref('identity_recycled_keys') }}
    where outcome = 'quarantined'
),

final as (
    select
        source_system,
        source_instance,
        source_object,
        file,
        row_number,
        cast(null as varchar) as record_key,
        payload,
        reason
    from quarantined_rows
    union all
    -- its row is in the extract that reconciliation counts it in
    select
        split_part(records.delivered_in, '/', 1) as source_system,
        split_part(records.delivered_in, '/', 2) as source_instance,
        split_part(records.delivered_in, '/', 3) as source_object,
        null as file,
        null as row_number,
        records.record_key,
        cast(to_json(records) as varchar) as payload,
        'its key stands for somebody else than before (' || recycled.differs_in || '); if it does,'
        || ' add to seeds/recycled_key_decisions.csv, with your name: '
        || records.record_key || ',' || recycled.change_id || ',new,,,'
        || ' (and with same instead of new if it is who it was)' as reason
    from recycled
    inner join {{ ref('int_party_records') }} as records
        on recycled.record_key = records.record_key
)

select * from final
