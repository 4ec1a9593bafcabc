-- One row per gate that the build passed, open or overridden.
select
    gate,
    measured,
    allowed,
    is_passed,
    is_overridden,
    override_reason,
    detail
from {{ ref('gate') }}
