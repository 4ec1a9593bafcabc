-- One row per distinct postal address as typed, in comparable parts.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="
        {{ forget_rows(
            ['street_address', 'locality', 'region', 'postal_code', 'country_code'],
            'select distinct street_address, locality, region, postal_code, country_code from ' ~ ref('int_party_records')
        ) }}
    "
) }}
with

distinct_texts as (
    select distinct street_address, locality, region, postal_code, country_code
    from {{ ref('int_party_records') }}
    where coalesce(street_address, locality, region, postal_code) is not null
),

texts as (
    {{ new_rows(
        'distinct_texts',
        ['street_address', 'locality', 'region', 'postal_code', 'country_code']
    ) }}
),

parsed as (
    select
        *,
        address(street_address, locality, region, postal_code, country_code) as parts
    from texts
),

final as (
    select
        street_address,
        locality,
        region,
        postal_code,
        country_code,
        parts.country_code as country,
        parts.postal_code as postal,
        parts.region as area,
        parts.locality as place,
        parts.street as street,
        parts.number as house_number,
        getvariable('code_fingerprint') as made_by
    from parsed
)

select * from final
