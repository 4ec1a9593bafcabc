-- One row per segment and build: how many are in it, who came and who left.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    pre_hook="{{ forget_unpublished_builds() }}"
) }}
with

segments as (
    select unnest({{ var('segments').keys() | list }}) as segment
),

sizes as (
    select
        segment,
        count(*) as members
    from {{ ref('segment_members') }}
    group by segment
),

changes as (
    select
        segment,
        count(*) filter (change = 'entered') as entered,
        count(*) filter (change = 'left') as "left"
    from {{ ref('segment_changes') }}
    where run_id = '{{ invocation_id }}'
    group by segment
),

final as (
    select
        '{{ invocation_id }}' as run_id,
        {{ build_moment() }} as built_at,
        segments.segment,
        coalesce(sizes.members, 0) as members,
        coalesce(changes.entered, 0) as entered_count,
        coalesce(changes."left", 0) as left_count
    from segments
    left join sizes on segments.segment = sizes.segment
    left join changes on segments.segment = changes.segment
)

select * from final
