-- One row per value that tells nobody apart in the data of this build.
with

identifiers as (
    select * from {{ ref('int_party_identifiers') }}
),

role_mailboxes as (
    select distinct email_address
    from {{ ref('int_emails') }}
    where is_role
),

placeholders as (
    select * from {{ ref('int_placeholder_values') }}
),

birth_dates as (
    select
        'person' as party_type,
        'birth_date' as identifier_type,
        cast(birth_date as varchar) as value,
        {{ name_key() }} as name_key
    from {{ ref('int_party_records_standardised') }}
    where party_type = 'person' and birth_date is not null
),

generic_birth_dates as (
    select cast(birth_date as varchar) as value
    from {{ ref('identity_generic_birth_dates') }}
),

used as (
    select party_type, identifier_type, value, name_key from identifiers
    union all
    select party_type, identifier_type, value, name_key from birth_dates
),

usage as (
    select
        party_type,
        identifier_type,
        value,
        {{ distinct_names('name_key') }} as name_count,
        count(*) as record_count
    from used
    group by party_type, identifier_type, value
),

-- a birth date that many share by nature has a rule of its own
judged as (
    select
        usage.*,
        case
            when placeholders.value is not null or email_domains.value is not null
                then 'known placeholder'
            when role_mailboxes.email_address is not null then 'role mailbox'
            when generic_birth_dates.value is not null then 'too frequent a day'
            when
                usage.identifier_type <> 'birth_date'
                and usage.name_count > {{ max_names_of('usage.identifier_type') }}
                then 'shared by many names'
        end as reason
    from usage
    left join placeholders
        on usage.identifier_type = placeholders.identifier_type
        and usage.value = placeholders.value
    -- anybody may open a disposable mailbox
    left join placeholders as email_domains
        on usage.identifier_type = 'email'
        and email_domains.identifier_type = 'email_domain'
        and split_part(usage.value, '@', 2) = email_domains.value
    -- nobody is info@ in person, but a company may be
    left join role_mailboxes
        on usage.identifier_type = 'email'
        and usage.party_type = 'person'
        and usage.value = role_mailboxes.email_address
    left join generic_birth_dates
        on usage.identifier_type = 'birth_date'
        and usage.value = generic_birth_dates.value
),

final as (
    select
        party_type,
        identifier_type,
        value,
        name_count,
        record_count,
        reason
    from judged
    where reason is not null
)

select * from final
