-- One row per distinct way in which a person's name is written, parsed once.
with

spellings as (
    select distinct full_name, given_name, family_name, name_reading
    from {{ ref('int_party_records') }}
    where party_type = 'person'
),

parsed as (
    select
        *,
        person_name(full_name, given_name, family_name, name_reading) as name
    from spellings
),

final as (
    select
        full_name,
        given_name,
        family_name,
        name_reading,
        name.family as family,
        name.given as given,
        name.family_script as family_script,
        name.given_script as given_script,
        name.family_keys as family_keys,
        name.given_keys as given_keys,
        name.given_nickname_keys as given_nickname_keys,
        name.is_order_known as is_order_known
    from parsed
)

select * from final
