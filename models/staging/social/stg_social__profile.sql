-- One row per profile on a network or a review page.
with

profiles as (
    select
        *,
        network || ':' || profile_id as profile_key,
        nullif(ltrim(trim(handle), '@'), '') as bare_handle
    from {{ source('social', 'profile') }}
    where _status = 'accepted'
),

final as (
    select
        {{ record_key("'social'", '_instance', "'profile'", 'profile_key') }} as record_key,
        'social' as source_system,
        _instance as source_instance,
        'profile' as source_object,
        profile_key as source_key,
        'social/' || _instance || '/profile' as delivered_in,
        'person' as party_type,
        -- people show their handle, or another text that is nobody's name
        case
            when
                lower(display_name) <> coalesce(lower(bare_handle), '')
                and not regexp_matches(display_name, '[0-9_@#!?]')
                then display_name
        end as full_name,
        null as given_name,
        null as family_name,
        null as name_reading,
        null as organization_name,
        null as birth_date,
        null as gender,
        {{ list_without_nulls(['email']) }} as emails,
        {{ list_without_nulls([]) }} as phones,
        null as street_address,
        null as locality,
        null as region,
        null as postal_code,
        country_code,
        null as national_identifier,
        -- without the network: people take the same handle everywhere
        {{ identifier_list({'handle': 'bare_handle'}) }} as identifiers,
        null as birth_place,
        null as occupation,
        created_at,
        updated_at,
        _is_deleted as is_deleted,
        {{ record_key("'commerce_cloud'", 'site', "'customer'", 'customer_number') }}
            as customer_key
    from profiles
)

select * from final
