-- A declared link names two records.
select
    record_key_a,
    link_type
from {{ ref('int_declared_links') }}
where record_key_a = record_key_b
