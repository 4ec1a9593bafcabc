-- One row per order of a guest, as a record of the person who placed it.
with

-- the shipping address counts where the extract has no billing address
guest_orders as (
    select
        *,
        coalesce(billingAddress1, billingCity, billingPostalCode) is not null as has_billing
    from {{ ref('stg_commerce_cloud__order') }}
    where is_guest
),

final as (
    select
        record_key,
        'commerce_cloud' as source_system,
        _instance as source_instance,
        'guest_order' as source_object,
        orderNo as source_key,
        'commerce_cloud/' || _instance || '/order' as delivered_in,
        'person' as party_type,
        customerName as full_name,
        null as given_name,
        null as family_name,
        null as name_reading,
        null as organization_name,
        null as birth_date,
        null as gender,
        {{ list_without_nulls(['customerEmail']) }} as emails,
        {{ list_without_nulls(['billingPhone']) }} as phones,
        nullif(
            case
                when has_billing then concat_ws(' ', billingAddress1, billingAddress2)
                else concat_ws(' ', shippingAddress1, shippingAddress2)
            end,
            ''
        ) as street_address,
        case when has_billing then billingCity else shippingCity end as locality,
        case when has_billing then billingStateCode else shippingStateCode end as region,
        case when has_billing then billingPostalCode else shippingPostalCode end as postal_code,
        case when has_billing then billingCountryCode else shippingCountryCode end
            as country_code,
        null as national_identifier,
        {{ identifier_list({}) }} as identifiers,
        null as birth_place,
        null as occupation,
        creationDate as created_at,
        -- a later change of the order is no news about the person
        creationDate as updated_at,
        _is_deleted as is_deleted
    from guest_orders
)

select * from final
