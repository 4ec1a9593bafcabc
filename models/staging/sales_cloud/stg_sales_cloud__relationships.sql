-- One row per contact of an organization, and per lead that became one of an organization.
select
    record_key,
    employer_key as related_record_key,
    'contact_of' as relationship_type,
    occupation as role_title,
    created_at as since
from {{ ref('stg_sales_cloud__contact') }}
where employer_key is not null and not is_deleted
union all
select
    leads.record_key,
    accounts.record_key as related_record_key,
    'converted_lead' as relationship_type,
    leads.occupation as role_title,
    leads.converted_at as since
from {{ ref('stg_sales_cloud__lead') }} as leads
inner join {{ ref('stg_sales_cloud__account') }} as accounts
    on leads.converted_account_key = accounts.record_key and not accounts.is_person
where not leads.is_deleted
