-- One row per checkpoint run, extract and expectation.
select
    run_id,
    checked_at,
    source_system,
    source_instance,
    source_object,
    expectation,
    column_name,
    severity,
    is_met,
    checked_rows,
    unexpected_rows,
    observed,
    expected
from {{ ref('stg_landing__expectation_results') }}
