-- One row per distinct way in which an organization's name is written, parsed once.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="
        {{ forget_rows(
            ['organization_name'],
            'select distinct coalesce(organization_name, full_name) as organization_name from ' ~ ref('int_party_records')
        ) }}
    "
) }}
with

distinct_spellings as (
    select distinct coalesce(organization_name, full_name) as organization_name
    from {{ ref('int_party_records') }}
    where party_type = 'organization'
),

spellings as (
    {{ new_rows('distinct_spellings', ['organization_name']) }}
),

final as (
    select
        organization_name,
        organization_name(organization_name) as name,
        getvariable('code_fingerprint') as made_by
    from spellings
    where organization_name is not null
)

select * from final
