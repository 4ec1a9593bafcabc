-- One row per delivered record that cannot be used, or not yet, and why.
with

quarantined_rows as (
    select * from {{ ref('stg_landing__quarantined_rows') }}
),

-- a row that says what only somebody said who was erased, or has the key of the person
pieces as (
    select
        file,
        row_number,
        source_system,
        source_instance,
        trim(unnest(regexp_split_to_array(payload, '[",;:\t{}\[\]]'))) as piece
    from quarantined_rows
),

erased_rows as (
    select distinct
        pieces.file,
        pieces.row_number
    from pieces
    inner join {{ ref('int_extract_counts') }} as extracts
        on pieces.source_system = extracts.source_system
        and pieces.source_instance = extracts.source_instance
    where
        is_erased_value(pieces.piece)
        or is_erased_key(extracts.delivered_in, pieces.piece)
),

recycled as (
    select * from {{ ref('identity_recycled_keys') }}
    where outcome = 'quarantined'
),

unusable as (
    select
        quarantined_rows.source_system,
        quarantined_rows.source_instance,
        quarantined_rows.source_object,
        quarantined_rows.file,
        quarantined_rows.row_number,
        cast(null as varchar) as record_key,
        case when erased_rows.file is null then quarantined_rows.payload end as payload,
        quarantined_rows.rule,
        case
            when erased_rows.file is null then quarantined_rows.reason
            else 'it says something of somebody who was erased'
        end as reason,
        {{ quarantine_token(
            "concat_ws('/', quarantined_rows.source_system, source_instance, source_object)",
            'quarantined_rows.payload'
        ) }} as content_token
    from quarantined_rows
    left join erased_rows
        on quarantined_rows.file = erased_rows.file
        and quarantined_rows.row_number = erased_rows.row_number
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
        'same_identity' as rule,
        'its key stands for somebody else than before (' || recycled.differs_in || '); if it does,'
        || ' add to seeds/recycled_key_decisions.csv, with your name: '
        || records.record_key || ',' || recycled.change_id || ',new,,,'
        || ' (and with same instead of new if it is who it was)' as reason,
        {{ quarantine_token('records.delivered_in', 'recycled.change_id') }} as content_token
    from recycled
    inner join {{ ref('int_party_records') }} as records
        on recycled.record_key = records.record_key
),

final as (
    select
        unusable.* exclude (content_token),
        known.first_seen_at
    from unusable
    left join {{ ref('quarantine_first_seen') }} as known
        on unusable.content_token = known.content_token
)

select * from final
