-- One row per party record that exists and contact point that it carries.
with

contacts as (
    select * from {{ ref('int_party_record_contacts') }}
),

-- other identifiers count as contact points where somebody speaks of them: a device, a cookie
named_types as (
    select distinct contact_point_type
    from {{ ref('int_consent_contact_points') }}
    where contact_point_type not in ('email', 'phone')
),

final as (
    select record_key, 'email' as contact_point_type, unnest(emails) as contact_point
    from contacts
    union all
    select record_key, 'phone', unnest(phones)
    from contacts
    union
    select
        identifiers.record_key,
        identifiers.identifier_type,
        identifiers.value
    from {{ ref('int_party_identifiers') }} as identifiers
    inner join named_types
        on identifiers.identifier_type = named_types.contact_point_type
    where identifiers.value is not null
)

select * from final
