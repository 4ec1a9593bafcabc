-- One row per party record that exists and has an e-mail address or a phone number of use.
with

records as (
    select
        record_key,
        country_code,
        emails,
        phones,
        coalesce(array_length(emails), 0) <= 1
        and coalesce(array_length(phones), 0) <= 1 as has_one_of_each
    from {{ ref('int_party_records') }}
    where not is_deleted
),

-- nearly all records, which need no grouping
single_contacts as (
    select
        records.record_key,
        case when emails.email_address is not null then [emails.email_address] end as emails,
        case when emails.email_address is not null then [emails.local_part] end as local_parts,
        case when emails.email_address is not null then [emails.email_domain] end as email_domains,
        {{ null_if_empty('emails.family_keys') }} as email_family_keys,
        {{ null_if_empty('emails.given_keys') }} as email_given_keys,
        case when phones.phone_number is not null then [phones.phone_number] end as phones
    from records
    left join {{ ref('int_emails') }} as emails
        on records.emails[1] = emails.email_text
    left join {{ ref('int_phones') }} as phones
        on records.phones[1] = phones.phone_text
        and records.country_code is not distinct from phones.country_code
    where
        records.has_one_of_each
        and coalesce(emails.email_address, phones.phone_number) is not null
),

email_texts as (
    select
        record_key,
        unnest(emails) as email_text
    from records
    where not has_one_of_each
),

record_emails as (
    select
        email_texts.record_key,
        {{ sorted_list('emails.email_address') }} as emails,
        {{ sorted_list('emails.local_part') }} as local_parts,
        {{ sorted_list('emails.email_domain') }} as email_domains,
        {{ first_value_by('emails.family_keys', 'emails.email_address') }} as email_family_keys,
        {{ first_value_by('emails.given_keys', 'emails.email_address') }} as email_given_keys
    from email_texts
    inner join {{ ref('int_emails') }} as emails
        on email_texts.email_text = emails.email_text
    where emails.email_address is not null
    group by email_texts.record_key
),

phone_texts as (
    select
        record_key,
        country_code,
        unnest(phones) as phone_text
    from records
    where not has_one_of_each
),

record_phones as (
    select
        phone_texts.record_key,
        {{ sorted_list('phones.phone_number') }} as phones
    from phone_texts
    inner join {{ ref('int_phones') }} as phones
        on phone_texts.phone_text = phones.phone_text
        and phone_texts.country_code is not distinct from phones.country_code
    where phones.phone_number is not null
    group by phone_texts.record_key
),

several_contacts as (
    select
        coalesce(record_emails.record_key, record_phones.record_key) as record_key,
        record_emails.emails,
        record_emails.local_parts,
        record_emails.email_domains,
        record_emails.email_family_keys,
        record_emails.email_given_keys,
        record_phones.phones
    from record_emails
    full outer join record_phones
        on record_emails.record_key = record_phones.record_key
),

final as (
    select * from single_contacts
    union all
    select * from several_contacts
)

select * from final
