-- One row per account that stands below another: how sales sees a group of companies.
select
    record_key,
    parent_key as related_record_key,
    'sales' as hierarchy,
    -- when it came there is not in the extract
    cast(null as timestamp) as since
from {{ ref('stg_sales_cloud__account') }}
where parent_key is not null and not is_person and not is_deleted
