-- One row per distinct e-mail text; what is no address has none.
with

distinct_texts as (
    select distinct unnest(emails) as email_text
    from {{ ref('int_party_records') }}
),

-- in order, since the function still knows the words that it met just before
texts as (
    select email_text
    from distinct_texts
    order by email_text
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
