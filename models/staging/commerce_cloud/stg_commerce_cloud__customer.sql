-- One row per registered customer.
with

customers as (
    select * from {{ source('commerce_cloud', 'customer') }}
    where _status = 'accepted'
),

-- the address that the customer prefers; its names and phone may be a recipient's
addresses as (
    select
        *,
        row_number() over (
            partition by _instance, customerNo
            order by coalesce(preferred, false) desc, addressId
        ) as preference
    from {{ source('commerce_cloud', 'customer_address') }}
    where _status = 'accepted' and not _is_deleted
),

final as (
    select
        {{ record_key(
            "'commerce_cloud'", 'customers._instance', "'customer'", 'customers.customerNo'
        ) }} as record_key,
        'commerce_cloud' as source_system,
        customers._instance as source_instance,
        'customer' as source_object,
        customers.customerNo as source_key,
        'commerce_cloud/' || customers._instance || '/customer' as delivered_in,
        'person' as party_type,
        null as full_name,
        customers.firstName as given_name,
        customers.lastName as family_name,
        nullif(concat_ws(' ', customers.c_lastNameKana, customers.c_firstNameKana), '')
            as name_reading,
        customers.companyName as organization_name,
        customers.birthday as birth_date,
        -- the vendor's numbers for gender
        case customers.gender when '1' then 'male' when '2' then 'female' else customers.gender end
            as gender,
        {{ list_without_nulls([
            'customers.email',
            "case when customers.login like '%@%' "
            ~ "and customers.login <> coalesce(customers.email, '') then customers.login end",
        ]) }} as emails,
        {{ list_without_nulls([
            'customers.phoneMobile', 'customers.phoneHome', 'customers.phoneBusiness'
        ]) }} as phones,
        nullif(concat_ws(' ', addresses.address1, addresses.address2), '') as street_address,
        addresses.city as locality,
        addresses.stateCode as region,
        addresses.postalCode as postal_code,
        addresses.countryCode as country_code,
        null as national_identifier,
        {{ identifier_list({}) }} as identifiers,
        null as birth_place,
        customers.jobTitle as occupation,
        customers.creationDate as created_at,
        coalesce(customers.lastModified, customers.creationDate) as updated_at,
        customers._is_deleted as is_deleted,
        {{ salesforce_id('customers.crmContactId') }} as crm_contact_id
    from customers
    left join addresses
        on customers._instance = addresses._instance
        and customers.customerNo = addresses.customerNo
        and addresses.preference = 1
)

select * from final
