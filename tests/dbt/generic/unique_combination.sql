{% test unique_combination(model, columns) %}
-- The columns together identify a row. Rows that are the same have the same hash, which takes less
-- to count than all their values: those are looked at only where a hash comes twice.
with

repeated as materialized (
    select hash({{ columns | join(', ') }}) as row_hash
    from {{ model }}
    group by row_hash
    having count(*) > 1
)

select
    {{ columns | join(', ') }},
    count(*) as rows_with_this_key
from {{ model }}
where hash({{ columns | join(', ') }}) in (select row_hash from repeated)
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
