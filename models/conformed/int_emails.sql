-- One row per distinct e-mail text; what is no address has none.
with

texts as (
    select distinct unnest(emails) as email_text
    from {{ ref('int_party_records') }}
),

parsed as (
    select email_text, email(email_text) as email
    from texts
),

final as (
    select
        email_text,
        email.address as email_address,
        email.local as local_part,
        email.domain as email_domain,
        coalesce(email.is_role, false) as is_role,
        email.family_keys as family_keys,
        email.given_keys as given_keys
    from parsed
)

select * from final
