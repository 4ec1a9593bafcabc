-- One row per distinct contact point that an event or a suppression names. Each is parsed once.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="
        {{ forget_rows(
            ['contact_point_type', 'contact_point_text', 'country_code'],
            'select contact_point_type, contact_point as contact_point_text, country_code from '
            ~ ref('int_consent_events')
            ~ ' union select contact_point_type, contact_point, country_code from '
            ~ ref('int_contact_suppressions')
        ) }}
    "
) }}
with

named as (
    select contact_point_type, contact_point as contact_point_text, country_code
    from {{ ref('int_consent_events') }}
    union
    select contact_point_type, contact_point, country_code
    from {{ ref('int_contact_suppressions') }}
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

parsed as (
    select
        *,
        case
            when contact_point_type = 'email' then email(contact_point_text).address
            when contact_point_type = 'phone'
                then phone(contact_point_text, country(country_code))
            when contact_point_type is not null
                then {{ normalize_identifier('contact_point_text') }}
        end as contact_point
    from texts
),

final as (
    select
        contact_point_type,
        contact_point_text,
        country_code,
        contact_point,
        privacy_token(contact_point_type || ':' || contact_point) as contact_point_token,
        getvariable('code_fingerprint') as made_by
    from parsed
)

select * from final
