-- One row per distinct way in which a person's name is written, in comparable parts.
{{ config(materialized='view') }}
with

parsed as (
    select * from {{ ref('int_person_name_spellings') }}
),

-- a till's standing customer has no name
named as (
    select
        parsed.*,
        placeholders.value is null as is_a_name
    from parsed
    left join {{ ref('int_placeholder_values') }} as placeholders
        on placeholders.identifier_type = 'person_name'
        and {{ written_name('parsed.name.family', 'parsed.name.given') }} = placeholders.value
),

final as (
    select
        full_name,
        given_name,
        family_name,
        name_reading,
        case when is_a_name then name.family end as family,
        case when is_a_name then name.given end as given,
        case when is_a_name then name.family_script end as family_script,
        case when is_a_name then name.given_script end as given_script,
        case when is_a_name then name.family_keys end as family_keys,
        case when is_a_name then name.given_keys end as given_keys,
        case when is_a_name then name.given_nickname_keys end as given_nickname_keys,
        is_a_name and name.is_order_known as is_order_known
    from named
)

select * from final
