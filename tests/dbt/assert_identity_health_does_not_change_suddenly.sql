-- No measure of identity_health is far from what it was in the build before. A warning: look
-- whether the change is meant.
{{ config(severity='warn') }}
{#- by how much a measure may change: as a share of what it was, and at least by so many -#}
{% set measures = {
    'records': (0.2, 100),
    'parties': (0.2, 100),
    'review_backlog': (0.5, 50),
    'generic_values': (0.5, 20),
    'weak_links': (0.5, 50),
    'median_link_weight': (0.1, 1),
    'estimated_precision': (0.02, 0.02),
    'measured_precision': (0.02, 0.02),
    'measured_recall': (0.02, 0.02),
    'seconds_until_here': (3, 600),
} %}
with

builds as (
    select
        *,
        row_number() over (order by built_at desc, commit_number desc) as place
    from {{ ref('identity_health') }}
),

changes as (
    {%- for measure, (share, least) in measures.items() %}
    select
        '{{ measure }}' as measure,
        before.{{ measure }} as former_value,
        latest.{{ measure }} as present_value,
        greatest({{ share }} * abs(before.{{ measure }}), {{ least }}) as allowed_change
    from builds as latest
    inner join builds as before on before.place = 2
    where latest.place = 1
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from changes
where abs(present_value - former_value) > allowed_change
