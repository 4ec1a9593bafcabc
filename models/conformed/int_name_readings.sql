-- One row per kanji name and reading that the base itself teaches, beyond those known anyway.
with

records as (
    select
        names.family,
        names.given,
        names.family_keys,
        names.given_keys,
        records.name_reading is not null as has_furigana,
        contacts.email_family_keys,
        contacts.email_given_keys
    from {{ ref('int_party_records') }} as records
    inner join {{ ref('int_person_names') }} as names
        on records.full_name is not distinct from names.full_name
        and records.given_name is not distinct from names.given_name
        and records.family_name is not distinct from names.family_name
        and records.name_reading is not distinct from names.name_reading
    left join {{ ref('int_party_record_contacts') }} as contacts
        on records.record_key = contacts.record_key
    where
        records.party_type = 'person'
        and not records.is_deleted
        and names.family_script = 'kanji'
        and names.given_script = 'kanji'
),

-- who says how the name is read: by furigana, or by a mailbox that spells both names out
teachers as (
    select
        family,
        given,
        has_furigana,
        case when has_furigana then family_keys else email_family_keys end as family_keys,
        case when has_furigana then given_keys else email_given_keys end as given_keys,
        count(*) as record_count
    from records
    where
        has_furigana
        or (
            array_length(email_family_keys) = 1
            and array_length(email_given_keys) = 1
            and length(email_family_keys[1]) > 1
            and length(email_given_keys[1]) > 1
        )
    group by all
),

readings as (
    select
        family,
        given,
        person_name(null, given, family, null) as name
    from (select distinct family, given from teachers) as names
),

guesses as (
    select
        family,
        given,
        name.family_keys as known_family_keys,
        name.given_keys as known_given_keys
    from readings
),

-- what is known of both names without them
lessons as (
    select
        teachers.*,
        guesses.known_family_keys,
        guesses.known_given_keys,
        {{ lists_overlap('teachers.family_keys', 'guesses.known_family_keys') }}
            as is_family_known,
        {{ lists_overlap('teachers.given_keys', 'guesses.known_given_keys') }} as is_given_known
    from teachers
    inner join guesses
        on teachers.family = guesses.family
        and teachers.given = guesses.given
),

-- the other name has to be read as expected: then this one's reading is meant for it
part_lessons as (
    select
        'family' as name_part,
        family as written,
        unnest(family_keys) as reading,
        known_family_keys as known_keys,
        given as other_part,
        has_furigana,
        record_count
    from lessons
    -- a mailbox with another surname is a maiden name's, not a reading
    where is_given_known and has_furigana
    union all
    select
        'given' as name_part,
        given as written,
        unnest(given_keys) as reading,
        known_given_keys as known_keys,
        family as other_part,
        has_furigana,
        record_count
    from lessons
    where is_family_known
),

counted as (
    select
        name_part,
        written,
        reading,
        known_keys,
        sum(record_count) as record_count,
        count(distinct other_part) as name_count,
        bool_or(has_furigana) as is_furigana
    from part_lessons
    group by name_part, written, reading, known_keys
),

shares as (
    select
        *,
        record_count / sum(record_count) over (partition by name_part, written) as share
    from counted
),

-- one mailbox is no witness, and what hardly anybody says is a slip
final as (
    select
        name_part,
        written,
        reading,
        cast(record_count as bigint) as record_count,
        name_count,
        is_furigana,
        share
    from shares
    where
        not list_contains(known_keys, reading)
        and share >= {{ var('min_reading_share') }}
        and (is_furigana or name_count >= 2)
)

select * from final
