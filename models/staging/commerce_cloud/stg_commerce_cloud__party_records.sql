-- One row per registered customer and per order of a guest.
select
    {{ party_record_columns() }}
from {{ ref('stg_commerce_cloud__customer') }}
union all
select
    {{ party_record_columns() }}
from {{ ref('stg_commerce_cloud__guest_order') }}
