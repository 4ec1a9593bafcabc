-- One row per identifier value that too many different names share to tell anybody apart.
with

identifiers as (
    select * from {{ ref('int_party_identifiers') }}
),

role_mailboxes as (
    select distinct email_address
    from {{ ref('int_emails') }}
    where is_role
),

usage as (
    select
        party_type,
        identifier_type,
        value,
        {{ distinct_names('name_key') }} as name_count,
        count(*) as record_count,
        case identifier_type
            when 'email' then {{ var('max_names_per_email') }}
            when 'phone' then {{ var('max_names_per_phone') }}
            when 'domain' then {{ var('max_names_per_domain') }}
            else {{ var('max_names_per_identifier') }}
        end as max_names
    from identifiers
    group by party_type, identifier_type, value
),

final as (
    select
        usage.party_type,
        usage.identifier_type,
        usage.value,
        usage.name_count,
        usage.record_count,
        case
            when role_mailboxes.email_address is null then 'shared by many names'
            else 'role mailbox'
        end as reason
    from usage
    -- nobody is info@ in person, but a company may be
    left join role_mailboxes
        on usage.identifier_type = 'email'
        and usage.party_type = 'person'
        and usage.value = role_mailboxes.email_address
    where usage.name_count > usage.max_names or role_mailboxes.email_address is not null
)

select * from final
