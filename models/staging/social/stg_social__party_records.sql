-- One row per profile.
select
    {{ party_record_columns() }}
from {{ ref('stg_social__profile') }}
