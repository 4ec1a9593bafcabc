-- One row per contact of an organization.
select
    record_key,
    employer_key as related_record_key,
    'contact_of' as relationship_type,
    occupation as role_title,
    created_at as since
from {{ ref('stg_sales_cloud__contact') }}
where employer_key is not null and not is_deleted
