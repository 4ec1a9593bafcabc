-- One row per distinct phone text and country; what cannot be dialled has no number.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="
        {{ forget_rows(
            ['phone_text', 'country_code'],
            'select distinct unnest(phones) as phone_text, country_code from ' ~ ref('int_party_records')
        ) }}
    "
) }}
with

distinct_texts as (
    select distinct unnest(phones) as phone_text, country_code
    from {{ ref('int_party_records') }}
),

texts as (
    {{ new_rows('distinct_texts', ['phone_text', 'country_code']) }}
),

final as (
    select
        phone_text,
        country_code,
        phone(phone_text, country(country_code)) as phone_number,
        getvariable('code_fingerprint') as made_by
    from texts
)

select * from final
