-- One row per distinct phone text and country; what cannot be dialled has no number.
with

texts as (
    select distinct unnest(phones) as phone_text, country_code
    from {{ ref('int_party_records') }}
),

final as (
    select
        phone_text,
        country_code,
        phone(phone_text, country(country_code)) as phone_number
    from texts
)

select * from final
