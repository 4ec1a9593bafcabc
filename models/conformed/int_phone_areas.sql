-- One row per start of telephone numbers that says where an organization is.
{% set kinds = ['area', 'place'] %}
with

records as (
    select
        phones,
        area,
        place
    from {{ ref('int_party_records_standardised') }}
    where party_type = 'organization' and coalesce(area, place) is not null
),

located as (
    select distinct
        left(unnest(phones), 6) as phone_start,
        phones,
        area,
        place
    from records
),

{% for kind in kinds %}
{{ kind }}_counts as (
    select
        phone_start,
        {{ kind }},
        count(*) as number_count,
        sum(count(*)) over (partition by phone_start) as all_count
    from located
    where {{ kind }} is not null
    group by phone_start, {{ kind }}
),

-- mobile and toll-free numbers are of no place
{{ kind }}s as (
    select
        phone_start,
        {{ kind }}
    from {{ kind }}_counts
    where number_count >= 3 and number_count >= 0.8 * all_count
),

{% endfor %}
final as (
    select
        coalesce(areas.phone_start, places.phone_start) as phone_start,
        areas.area,
        places.place
    from areas
    full outer join places on areas.phone_start = places.phone_start
)

select * from final
