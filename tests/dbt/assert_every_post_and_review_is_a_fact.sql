-- Every post, reaction, follow and review that is not deleted is a fact and an activity, with or
-- without a party: counts by network, and the sum of the stars, equal those of the extracts.
{{ config(enabled='social' in var('systems') and var('erased_facts') == 'keep') }}
with

delivered as (
    select
        _instance as source_instance,
        network,
        lower(trim(kind)) as kind,
        count(*) as facts,
        cast(null as hugeint) as stars
    from {{ source('social', 'interaction') }}
    where _status = 'accepted' and not _is_deleted
    group by 1, 2, 3
    union all
    select
        _instance,
        network,
        'review',
        count(*),
        sum(rating)
    from {{ source('social', 'review') }}
    where _status = 'accepted' and not _is_deleted
    group by 1, 2
),

facts as (
    select
        source_instance,
        network,
        kind,
        count(*) as facts,
        cast(null as hugeint) as stars
    from {{ ref('fct_social_posts') }}
    where source_system = 'social'
    group by 1, 2, 3
    union all
    select
        source_instance,
        network,
        'review',
        count(*),
        sum(rating)
    from {{ ref('fct_reviews') }}
    where source_system = 'social'
    group by 1, 2
),

activities as (
    select count(*) as activities
    from {{ ref('fct_activities') }}
    where source_system = 'social'
),

differing as (
    {{ rows_that_differ('delivered', 'facts') }}
    union all
    select
        null,
        'fct_activities',
        null,
        activities,
        null
    from activities
    where activities <> (select coalesce(sum(facts), 0) from delivered)
)

select * from differing
