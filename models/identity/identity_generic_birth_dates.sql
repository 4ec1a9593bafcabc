-- One row per birth date that so many records have that it cannot be theirs.
with

records as (
    select
        birth_date,
        strftime(birth_date, '%Y') as birth_year,
        strftime(birth_date, '%m-%d') as birthday,
        {{ name_key() }} as name_key
    from {{ ref('int_party_records_standardised') }}
    where party_type = 'person' and birth_date is not null
),

usage as (
    select
        birth_date,
        birth_year,
        birthday,
        {{ distinct_names('name_key') }} as name_count,
        count(*) as record_count
    from records
    group by birth_date, birth_year, birthday
),

-- medians: one placeholder does not make the others look usual; two dates are no usage
usual_in_year as (
    select
        birth_year,
        median(record_count) as record_count
    from usage
    group by birth_year
    having count(*) >= 3
),

-- where only the year is known, every 1 January is frequent, and yet says something
usual_on_day as (
    select
        birthday,
        median(record_count) as record_count
    from usage
    group by birthday
    having count(*) >= 3
),

final as (
    select
        usage.birth_date,
        usage.name_count,
        usage.record_count
    from usage
    left join usual_in_year on usage.birth_year = usual_in_year.birth_year
    left join usual_on_day on usage.birthday = usual_on_day.birthday
    where
        usage.name_count > {{ var('max_names_per_value')['birth_date'] }}
        and usage.record_count > {{ var('birth_date_excess') }} * greatest(
            coalesce(usual_in_year.record_count, 1), coalesce(usual_on_day.record_count, 1)
        )
)

select * from final
