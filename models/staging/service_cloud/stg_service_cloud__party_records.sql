-- One row per account.
select
    {{ party_record_columns() }}
from {{ ref('stg_service_cloud__account') }}
