-- One row per registered customer with the id of a CRM contact.
select
    record_key as record_key_a,
    '{{ var("commerce_cloud_crm") }}/contact/' || crm_contact_id
        as record_key_b,
    'crm_id' as link_type,
    delivered_in as declared_by,
    updated_at as declared_at
from {{ ref('stg_commerce_cloud__customer') }}
where {{ salesforce_object('crm_contact_id') }} = 'contact'
