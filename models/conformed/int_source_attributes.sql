-- One row per extract of parties and attribute: how many records have a value, and a usable one.
with

records as (
    select * from {{ ref('int_party_records') }}
    where not is_deleted
),

measured as (
    select
        records.delivered_in,
        records.full_name is not null
        or records.given_name is not null
        or records.family_name is not null
        or records.organization_name is not null as has_name,
        records.name_reading is not null as has_reading,
        coalesce(len(records.emails), 0) > 0 as has_email,
        coalesce(len(contacts.emails), 0) > 0 as has_usable_email,
        coalesce(len(records.phones), 0) > 0 as has_phone,
        coalesce(len(contacts.phones), 0) > 0 as has_usable_phone,
        records.birth_date is not null as has_birth_date,
        birth_dates.birth_day is not null as has_usable_birth_date,
        records.street_address is not null or records.locality is not null as has_address,
        records.postal_code is not null as has_postal_code,
        records.gender is not null as has_gender,
        records.national_identifier is not null as has_national_identifier,
        coalesce(len(records.identifiers), 0) > 0 as has_identifier,
        records.updated_at is not null as has_moment
    from records
    left join {{ ref('int_party_record_contacts') }} as contacts
        on records.record_key = contacts.record_key
    left join {{ ref('int_birth_dates') }} as birth_dates
        on records.birth_date = birth_dates.birth_date_text
),

-- usable is null where any text is
counted as (
    select
        delivered_in,
        count(*) as records,
        unnest([
            {
                'attribute': 'name',
                'filled': count(*) filter (has_name),
                'usable': null
            },
            {
                'attribute': 'name_reading',
                'filled': count(*) filter (has_reading),
                'usable': null
            },
            {
                'attribute': 'email',
                'filled': count(*) filter (has_email),
                'usable': count(*) filter (has_usable_email)
            },
            {
                'attribute': 'phone',
                'filled': count(*) filter (has_phone),
                'usable': count(*) filter (has_usable_phone)
            },
            {
                'attribute': 'birth_date',
                'filled': count(*) filter (has_birth_date),
                'usable': count(*) filter (has_usable_birth_date)
            },
            {
                'attribute': 'address',
                'filled': count(*) filter (has_address),
                'usable': null
            },
            {
                'attribute': 'postal_code',
                'filled': count(*) filter (has_postal_code),
                'usable': null
            },
            {
                'attribute': 'gender',
                'filled': count(*) filter (has_gender),
                'usable': null
            },
            {
                'attribute': 'national_identifier',
                'filled': count(*) filter (has_national_identifier),
                'usable': null
            },
            {
                'attribute': 'identifier',
                'filled': count(*) filter (has_identifier),
                'usable': null
            },
            {
                'attribute': 'updated_at',
                'filled': count(*) filter (has_moment),
                'usable': null
            }
        ]) as told
    from measured
    group by delivered_in
),

final as (
    select
        delivered_in,
        told['attribute'] as attribute,
        records,
        told['filled'] as filled,
        told['usable'] as usable
    from counted
)

select * from final
