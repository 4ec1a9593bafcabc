-- One row per party record that exists, every value in its comparable form or null.
with

records as (
    select * from {{ ref('int_party_records') }}
    where not is_deleted
),

taught_readings as (
    select
        name_part,
        written,
        {{ sorted_list('reading') }} as readings
    from {{ ref('int_name_readings') }}
    group by name_part, written
),

-- values were cleaned once per distinct text; here each record finds its own again
joined as (
    select
        records.*,
        person_names.family,
        person_names.given,
        person_names.family_script,
        person_names.given_script,
        {{ merged_list('person_names.family_keys', 'taught_family.readings') }} as family_keys,
        {{ merged_list('person_names.given_keys', 'taught_given.readings') }} as given_keys,
        {{ merged_list('person_names.given_nickname_keys', 'taught_given.readings') }}
            as given_nickname_keys,
        person_names.is_order_known,
        organization_names.core_name,
        organization_names.legal_form,
        organization_names.name_keys,
        organization_names.name_sounds,
        organization_names.name_stems,
        organization_names.name_words,
        organization_names.is_branch,
        addresses.country,
        addresses.postal,
        addresses.area,
        addresses.place,
        addresses.street,
        addresses.house_number,
        contacts.emails as email_addresses,
        contacts.local_parts,
        contacts.email_domains,
        contacts.email_family_keys,
        contacts.email_given_keys,
        contacts.phones as phone_numbers,
        birth_dates.birth_day,
        coalesce(array_length(person_names.family_keys), 0)
        + coalesce(array_length(person_names.given_keys), 0) = 0 as has_no_name
    from records
    left join {{ ref('int_person_names') }} as person_names
        on records.party_type = 'person'
        and records.full_name is not distinct from person_names.full_name
        and records.given_name is not distinct from person_names.given_name
        and records.family_name is not distinct from person_names.family_name
        and records.name_reading is not distinct from person_names.name_reading
    -- furigana are not added to: they say how this one name is read
    left join taught_readings as taught_family
        on records.name_reading is null
        and taught_family.name_part = 'family'
        and person_names.family_script = 'kanji'
        and person_names.family = taught_family.written
    left join taught_readings as taught_given
        on records.name_reading is null
        and taught_given.name_part = 'given'
        and person_names.given_script = 'kanji'
        and person_names.given = taught_given.written
    left join {{ ref('int_organization_names') }} as organization_names
        on records.party_type = 'organization'
        and coalesce(records.organization_name, records.full_name)
        = organization_names.organization_name
    left join {{ ref('int_addresses') }} as addresses
        on records.street_address is not distinct from addresses.street_address
        and records.locality is not distinct from addresses.locality
        and records.region is not distinct from addresses.region
        and records.postal_code is not distinct from addresses.postal_code
        and records.country_code is not distinct from addresses.country_code
    left join {{ ref('int_birth_dates') }} as birth_dates
        on records.birth_date = birth_dates.birth_date_text
    left join {{ ref('int_party_record_contacts') }} as contacts
        on records.record_key = contacts.record_key
),

-- among several readings of its kanji a record's own mailbox chooses: keiko.maeda for 前田恵子
chosen as (
    select
        * exclude (family_keys, given_keys, given_nickname_keys),
        {{ chosen_keys('family_keys', 'email_family_keys', 'family_script') }} as family_keys,
        {{ chosen_keys('given_keys', 'email_given_keys', 'given_script') }} as given_keys,
        {{ chosen_keys('given_nickname_keys', 'email_given_keys', 'given_script') }}
            as given_nickname_keys
    from joined
),

-- an address that repeats the one name that is typed tells the other one
completed as (
    select
        * exclude (email_family_keys, email_given_keys),
        case
            when has_no_name then email_family_keys
            when
                coalesce(array_length(family_keys), 0) = 0
                and {{ lists_overlap('email_given_keys', 'given_keys') }}
                then list_filter(
                    email_family_keys, lambda key: not list_contains(given_keys, key)
                )
        end as email_family_keys,
        case
            when has_no_name then email_given_keys
            when
                coalesce(array_length(given_keys), 0) = 0
                and {{ lists_overlap('email_family_keys', 'family_keys') }}
                then list_filter(
                    email_given_keys, lambda key: not list_contains(family_keys, key)
                )
        end as email_given_keys
    from chosen
),

final as (
    select
        record_key,
        party_type,
        source_system || '/' || source_instance as source,
        case when not has_no_name then family end as family,
        case when not has_no_name then given end as given,
        case when email_family_keys is not null then 'email' else family_script end
            as family_script,
        case when email_given_keys is not null then 'email' else given_script end as given_script,
        {{ null_if_empty('coalesce(email_family_keys, family_keys)') }} as family_keys,
        {{ null_if_empty('coalesce(email_given_keys, given_keys)') }} as given_keys,
        {{ null_if_empty('coalesce(email_given_keys, given_nickname_keys)') }}
            as given_nickname_keys,
        coalesce(is_order_known, false) as is_order_known,
        has_no_name as is_name_from_email,
        core_name,
        legal_form,
        {{ null_if_empty('name_keys') }} as name_keys,
        {{ null_if_empty('name_sounds') }} as name_sounds,
        {{ null_if_empty('name_stems') }} as name_stems,
        {{ null_if_empty('name_words') }} as name_words,
        coalesce(is_branch, false) as is_branch,
        birth_day as birth_date,
        {{ normalize_gender('gender') }} as gender,
        email_addresses as emails,
        local_parts,
        email_domains,
        phone_numbers as phones,
        {{ normalize_identifier('national_identifier') }} as national_id,
        {{ typed_identifiers('identifiers') }} as identifiers,
        country,
        postal,
        area,
        place,
        street,
        house_number,
        {{ fold_text('birth_place') }} as birth_place,
        {{ fold_text('occupation') }} as occupation
    from completed
)

select * from final
