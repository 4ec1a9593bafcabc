-- One row per activity.
with

of_adapters as (
    select * from ({{ union_adapters('activities') }})
),

final as (
    select * from of_adapters
    union all
    select * from {{ ref('int_fact_activities') }}
)

select * from final
