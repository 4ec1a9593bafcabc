-- One row per party record and identifier value that it carries, with the name it is used under.
with

records as (
    select
        *,
        {{ name_key() }} as name_key
    from {{ ref('int_party_records_standardised') }}
),

other_identifiers as (
    select record_key, party_type, unnest(identifiers) as identifier, name_key
    from records
),

-- an organization is known by the domain of its website and of its mailboxes
company_domains as (
    select record_key, unnest(email_domains) as value, name_key
    from records
    where party_type = 'organization'
    union
    select record_key, {{ domain_of_url("substr(identifier, length('website:') + 1)") }}, name_key
    from other_identifiers
    where party_type = 'organization' and starts_with(identifier, 'website:')
),

final as (
    select record_key, party_type, 'email' as identifier_type, unnest(emails) as value, name_key
    from records
    union all
    select record_key, party_type, 'phone', unnest(phones), name_key
    from records
    union all
    select record_key, party_type, 'national_id', national_id, name_key
    from records
    where national_id is not null
    union all
    select record_key, 'organization', 'domain', value, name_key
    from company_domains
    where value is not null
    union all
    select
        record_key,
        party_type,
        split_part(identifier, ':', 1),
        substr(identifier, length(split_part(identifier, ':', 1)) + 2),
        name_key
    from other_identifiers
    where not starts_with(identifier, 'website:')
)

select * from final
