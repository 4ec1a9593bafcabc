{% macro native_merge_survivors(records) -%}
with recursive

-- from each merged record towards its survivor; the limit only ends a corrupt circle
walk as (
    select
        record_key,
        master_key,
        1 as step
    from {{ records }}
    where master_key is not null
    union all
    select
        walk.record_key,
        next_record.master_key,
        walk.step + 1 as step
    from walk
    inner join {{ records }} as next_record
        on walk.master_key = next_record.record_key
    where next_record.master_key is not null and walk.step < 50
),

last_steps as (
    select
        record_key,
        max(step) as step
    from walk
    group by record_key
),

ends as (
    select
        walk.record_key,
        walk.master_key
    from walk
    inner join last_steps
        on walk.record_key = last_steps.record_key and walk.step = last_steps.step
)

select
    ends.record_key,
    -- records whose survivor the extract no longer holds share the first of themselves
    coalesce(
        survivor.record_key,
        min(ends.record_key) over (partition by ends.master_key)
    ) as survivor_key
from ends
left join {{ records }} as survivor
    on ends.master_key = survivor.record_key
{%- endmacro %}
