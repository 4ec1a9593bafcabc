-- One row per record of the party file.
with

party_records as (
    select * from {{ source('files', 'party_records') }}
    where _status = 'accepted'
),

final as (
    select
        {{ record_key('source_system', 'source_instance', 'source_object', 'source_key') }}
            as record_key,
        source_system,
        source_instance,
        source_object,
        source_key,
        'files/' || _instance || '/party_records' as delivered_in,
        lower(trim(party_type)) as party_type,
        full_name,
        given_name,
        family_name,
        name_reading,
        organization_name,
        birth_date,
        gender,
        emails,
        phones,
        street_address,
        locality,
        region,
        postal_code,
        country_code,
        national_identifier,
        identifiers,
        birth_place,
        occupation,
        created_at,
        updated_at,
        _is_deleted as is_deleted
    from party_records
)

select * from final
