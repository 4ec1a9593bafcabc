-- One row per subscriber and per row of the data extension of contacts.
select
    {{ party_record_columns() }}
from {{ ref('stg_marketing_cloud__subscriber') }}
union all
select
    {{ party_record_columns() }}
from {{ ref('stg_marketing_cloud__contact') }}
