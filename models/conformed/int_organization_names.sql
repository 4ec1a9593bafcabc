-- One row per distinct organization name, without its legal form.
with

spellings as (
    select distinct coalesce(organization_name, full_name) as organization_name
    from {{ ref('int_party_records') }}
    where party_type = 'organization'
),

parsed as (
    select organization_name, organization_name(organization_name) as name
    from spellings
    where organization_name is not null
),

final as (
    select
        organization_name,
        name.name as core_name,
        name.legal_form as legal_form,
        name.keys as name_keys
    from parsed
)

select * from final
