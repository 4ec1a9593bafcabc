-- One row per build, party and segment that the party came into or left.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    pre_hook="{{ forget_unpublished_builds() }}"
) }}
with

members as (
    select
        gpid,
        segment
    from {{ ref('segment_members') }}
),

{% if is_incremental() -%}
members_before as (
    select
        gpid,
        segment
    from {{ this }}
    group by gpid, segment
    having arg_max(change, changed_at) = 'entered'
),
{%- else -%}
members_before as (
    select * from members
    where false
),
{%- endif %}

changes as (
    select
        gpid,
        segment,
        'entered' as change
    from members
    anti join members_before
        on members.gpid = members_before.gpid
        and members.segment = members_before.segment
    union all
    select
        gpid,
        segment,
        'left' as change
    from members_before
    anti join members
        on members_before.gpid = members.gpid
        and members_before.segment = members.segment
),

final as (
    select
        '{{ invocation_id }}' as run_id,
        {{ build_moment() }} as changed_at,
        gpid,
        segment,
        change
    from changes
)

select * from final
