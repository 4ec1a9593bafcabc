-- One row per delivered value of a used record that nothing could be made of: it counts as missing.
with

not_converted as (
    select
        source_system,
        source_instance,
        source_object,
        file,
        row_number,
        source_key,
        column_name,
        value,
        reason
    from {{ ref('stg_landing__invalid_values') }}
    where
        not is_erased_value(value)
        and not is_erased_value(source_key)
        and not is_erased_key(
            source_system || '/' || source_instance || '/' || source_object, source_key
        )
),

records as (
    select * from {{ ref('int_party_records') }}
    where not is_deleted
),

email_texts as (
    select
        source_system,
        source_instance,
        source_object,
        source_key,
        unnest(emails) as email_text
    from records
),

phone_texts as (
    select
        source_system,
        source_instance,
        source_object,
        source_key,
        country_code,
        unnest(phones) as phone_text
    from records
),

not_standardised as (
    select
        records.source_system,
        records.source_instance,
        records.source_object,
        records.source_key,
        'birth_date' as column_name,
        records.birth_date as value,
        'no possible birth date' as reason
    from records
    inner join {{ ref('int_birth_dates') }} as birth_dates
        on records.birth_date = birth_dates.birth_date_text
    where birth_dates.birth_day is null
    union
    select
        texts.source_system,
        texts.source_instance,
        texts.source_object,
        texts.source_key,
        'emails' as column_name,
        texts.email_text as value,
        'no e-mail address, or a placeholder' as reason
    from email_texts as texts
    inner join {{ ref('int_emails') }} as emails on texts.email_text = emails.email_text
    where emails.email_address is null
    union
    select
        texts.source_system,
        texts.source_instance,
        texts.source_object,
        texts.source_key,
        'phones' as column_name,
        texts.phone_text as value,
        'no telephone number, or a placeholder' as reason
    from phone_texts as texts
    inner join {{ ref('int_phones') }} as phones
        on texts.phone_text = phones.phone_text
        and texts.country_code is not distinct from phones.country_code
    where phones.phone_number is null
),

final as (
    select
        source_system,
        source_instance,
        source_object,
        file,
        row_number,
        source_key,
        column_name,
        value,
        reason
    from not_converted
    union all
    select
        source_system,
        source_instance,
        source_object,
        null as file,
        null as row_number,
        source_key,
        column_name,
        value,
        reason
    from not_standardised
)

select * from final
