-- One row per live GPID: a hash of all that its golden record and contact points are made of.
with

members as (
    select gpid, record_key, party_type
    from {{ ref('bridge_party_source') }}
    where is_current
),

-- what the record says as typed, and as matching sees it: without the values that many share
said as (
    select
        members.gpid,
        hash(records, members.party_type, standardised.input_hash) as record_hash
    from members
    inner join {{ ref('int_party_records') }} as records
        on members.record_key = records.record_key
    inner join {{ ref('identity_records') }} as standardised
        on members.record_key = standardised.record_key
),

-- with the settings that decide which value survives; the order of the records is no matter
final as (
    select
        gpid,
        hash(
            sum(cast(record_hash as hugeint)),
            '{{ var("survivorship") | tojson }}',
            '{{ var("source_priority") | tojson }}'
        ) as input_hash
    from said
    group by gpid
)

select * from final
