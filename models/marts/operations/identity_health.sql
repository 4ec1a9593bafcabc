-- One row per build that was published: how many parties there are, what moved, what is in doubt.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    pre_hook="{{ forget_unpublished_builds() }}"
) }}
with

records as (
    select count(*) as records
    from {{ ref('bridge_party_source') }}
    where is_current
),

parties as (
    select
        count(*) as parties,
        count(*) filter (party_type = 'organization') as organizations,
        count(*) filter (source_record_count > 1) as parties_of_several_records
    from {{ ref('dim_party') }}
),

events as (
    select
        max(commit_number) as commit_number,
        count(*) filter (is_of_this_build and event_type = 'minted') as minted,
        count(*) filter (is_of_this_build and event_type = 'merged') as merged,
        count(*) filter (is_of_this_build and event_type = 'split_from') as split,
        count(*) filter (is_of_this_build and event_type = 'retired') as retired,
        count(*) filter (
            is_of_this_build
            and event_type in ('moved', 'recycled')
            and gpid is not null
            and other_gpid is not null
        ) as moved_records
    from (
        select
            *,
            run_id = '{{ invocation_id }}' as is_of_this_build
        from {{ ref('gpid_events') }}
    ) as told
),

doubts as (
    select count(*) as review_backlog
    from {{ ref('review_queue') }}
),

generic as (
    select count(*) as generic_values
    from {{ ref('identity_generic_values') }}
),

links as (
    select
        count(*) as links,
        round(median(match_weight), 3) as median_link_weight,
        count(*) filter (match_weight < {{ var('review_to_bits') }}) as weak_links
    from {{ ref('identity_edges') }}
    where match_weight >= {{ var('link_threshold_bits') }}
),

quality as (
    select
        max(precision) filter (basis = 'model') as estimated_precision,
        max(recall) filter (basis = 'model') as estimated_recall,
        max(precision) filter (basis = 'known parties') as measured_precision,
        max(recall) filter (basis = 'known parties') as measured_recall
    from {{ ref('identity_quality') }}
    where party_type = 'person'
),

runs as (
    select round(epoch(now() at time zone 'UTC' - max(started_at)), 1) as seconds_until_here
    from main.build_runs
    where run_id = '{{ invocation_id }}'
),

final as (
    select
        '{{ invocation_id }}' as run_id,
        {{ build_moment() }} as built_at,
        events.commit_number,
        records.records,
        parties.*,
        events.* exclude (commit_number),
        events.moved_records / nullif(records.records, 0) as churn,
        doubts.review_backlog,
        generic.generic_values,
        links.*,
        quality.*,
        runs.seconds_until_here
    from records
    cross join parties
    cross join events
    cross join doubts
    cross join generic
    cross join links
    cross join quality
    cross join runs
)

select * from final
