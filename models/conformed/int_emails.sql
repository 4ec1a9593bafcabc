-- One row per distinct e-mail text; what is no address has none. Each is parsed once.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="
        {{ forget_rows(
            ['email_text'],
            'select distinct unnest(emails) as email_text from ' ~ ref('int_party_records')
        ) }}
    "
) }}
with

distinct_texts as (
    select distinct unnest(emails) as email_text
    from {{ ref('int_party_records') }}
),

-- in order, since the function still knows the words that it met just before
texts as (
    select email_text
    from ({{ new_rows('distinct_texts', ['email_text']) }})
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
        email.given_keys as given_keys,
        getvariable('code_fingerprint') as made_by
    from parsed
)

select * from final
