-- One row per distinct birth date text; what is no possible birth date has no day.
with

texts as (
    select distinct birth_date as birth_date_text
    from {{ ref('int_party_records') }}
    where birth_date is not null
),

final as (
    select
        birth_date_text,
        birth_date(birth_date_text) as birth_day
    from texts
)

select * from final
