-- One row per distinct e-mail address or phone number that a provider names. Each is parsed once.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="
        {{ forget_rows(
            ['contact_point_type', 'contact_point_text', 'country_code'],
            'select $$email$$ as contact_point_type, email as contact_point_text, country_code from '
            ~ ref('int_enrichment')
            ~ ' union select $$phone$$, phone, country_code from ' ~ ref('int_enrichment')
        ) }}
    "
) }}
with

named as (
    select 'email' as contact_point_type, email as contact_point_text, country_code
    from {{ ref('int_enrichment') }}
    union
    select 'phone', phone, country_code
    from {{ ref('int_enrichment') }}
),

-- in order, since the functions still know the words that they met just before
texts as (
    select contact_point_type, contact_point_text, country_code
    from (
        {{ new_rows('named', ['contact_point_type', 'contact_point_text', 'country_code']) }}
    )
    where contact_point_text is not null
    order by contact_point_type, contact_point_text, country_code
),

final as (
    select
        contact_point_type,
        contact_point_text,
        country_code,
        case
            when contact_point_type = 'email' then email(contact_point_text).address
            else phone(contact_point_text, country(country_code))
        end as contact_point,
        getvariable('code_fingerprint') as made_by
    from texts
)

select * from final
