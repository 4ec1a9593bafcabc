-- One row per subscriber.
with

subscribers as (
    select
        *,
        {{ to_utc('DateJoined', var('marketing_cloud_utc_offset_hours')) }} as joined_at,
        {{ to_utc('DateUnsubscribed', var('marketing_cloud_utc_offset_hours')) }}
            as unsubscribed_at,
        case
            when SubscriberKey like '%@%' and SubscriberKey <> coalesce(EmailAddress, '')
                then SubscriberKey
        end as key_as_email
    from {{ source('marketing_cloud', 'subscriber') }}
    where _status = 'accepted'
),

final as (
    select
        {{ record_key("'marketing_cloud'", '_instance', "'subscriber'", 'SubscriberKey') }}
            as record_key,
        'marketing_cloud' as source_system,
        _instance as source_instance,
        'subscriber' as source_object,
        SubscriberKey as source_key,
        'marketing_cloud/' || _instance || '/subscriber' as delivered_in,
        'person' as party_type,
        null as full_name,
        null as given_name,
        null as family_name,
        null as name_reading,
        null as organization_name,
        null as birth_date,
        null as gender,
        {{ list_without_nulls(['EmailAddress', 'key_as_email']) }} as emails,
        {{ list_without_nulls([]) }} as phones,
        null as street_address,
        null as locality,
        null as region,
        null as postal_code,
        null as country_code,
        null as national_identifier,
        {{ identifier_list({}) }} as identifiers,
        null as birth_place,
        null as occupation,
        joined_at as created_at,
        coalesce(unsubscribed_at, joined_at) as updated_at,
        _is_deleted as is_deleted,
        lower(Status) as status,
        joined_at,
        unsubscribed_at
    from subscribers
)

select * from final
