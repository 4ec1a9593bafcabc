-- One row per account, contact and lead.
select
    {{ party_record_columns() }}
from {{ ref('stg_sales_cloud__account') }}
union all
select
    {{ party_record_columns() }}
from {{ ref('stg_sales_cloud__contact') }}
union all
select
    {{ party_record_columns() }}
from {{ ref('stg_sales_cloud__lead') }}
