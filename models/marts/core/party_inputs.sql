-- One row per live GPID: a hash of all that its golden record and contact points are made of.
with

members as (
    select gpid, record_key, party_type
    from {{ ref('record_parties') }}
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

of_records as (
    select
        gpid,
        sum(cast(record_hash as hugeint)) as records_hash
    from said
    group by gpid
),

pinned as (
    select
        gpid,
        sum(cast(hash(record_key, attribute, value, decided_by, decided_at, reason) as hugeint))
            as pins_hash
    from {{ ref('pinned_values_status') }}
    where status = 'in force'
    group by gpid
),

-- what is typed where a field demands something
placeholders as (
    select sum(cast(hash(identifier_type, value) as hugeint)) as placeholders_hash
    from {{ ref('int_placeholder_values') }}
    where identifier_type in ('text', 'organization_name')
),

-- what became of what was sent to its records
signs as (
    select
        members.gpid,
        sum(cast(hash(signs.record_key, signs.evidence, signs.last_at) as hugeint)) as signs_hash
    from {{ ref('int_contact_point_events') }} as signs
    inner join members on signs.record_key = members.record_key
    group by members.gpid
),

-- with the settings that decide which value survives; the order of the records is no matter
final as (
    select
        of_records.gpid,
        hash(
            of_records.records_hash,
            pinned.pins_hash,
            placeholders.placeholders_hash,
            {% for setting in [
                'survivorship', 'source_priority', 'source_trust', 'trust_half_life_days'
            ] %}
            '{{ var(setting) | tojson }}'{{ ',' if not loop.last }}
            {% endfor %}
        ) as input_hash,
        hash(input_hash, signs.signs_hash) as contact_hash
    from of_records
    left join pinned on of_records.gpid = pinned.gpid
    left join signs on of_records.gpid = signs.gpid
    cross join placeholders
)

select * from final
