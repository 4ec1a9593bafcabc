-- One row per record and identifier value by which it can be found, with its party.
with

identifiers as (
    select distinct
        record_key,
        identifier_type,
        value
    from {{ ref('int_party_identifiers') }}
    -- nobody needs one to find a customer
    where identifier_type <> 'national_id'
),

current_parties as (
    select * from {{ ref('record_parties') }}
),

final as (
    select
        current_parties.gpid,
        identifiers.record_key,
        identifiers.identifier_type,
        identifiers.value
    from identifiers
    inner join current_parties
        on identifiers.record_key = current_parties.record_key
)

select * from final
