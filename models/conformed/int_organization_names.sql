-- One row per distinct organization name, without its legal form.
{{ config(materialized='view') }}
with

parsed as (
    select * from {{ ref('int_organization_name_spellings') }}
),

parts as (
    select
        organization_name,
        name.name as core_name,
        name.legal_form as legal_form,
        name.keys as name_keys,
        name.sounds as name_sounds,
        name.stems as name_stems,
        name.words as name_words,
        name.is_branch as is_branch
    from parsed
),

alias_names as (
    select
        organization_name(alias) as alias,
        organization_name(organization_name) as name
    from {{ ref('organization_aliases') }}
),

alias_keys as (
    select
        alias.name as alias_name,
        replace(name.name, ' ', '') as name_key,
        name.sounds[1] as name_sound
    from alias_names
),

-- an alias has the key of the whole name that it stands for
aliases as (
    select
        alias_name,
        {{ sorted_list('name_key') }} as name_keys,
        {{ sorted_list('name_sound') }} as name_sounds
    from alias_keys
    where alias_name is not null
    group by alias_name
),

-- what stands in the field for a company and is none, such as a private person
placeholders as (
    select value
    from {{ ref('int_placeholder_values') }}
    where identifier_type = 'organization_name'
),

final as (
    select
        parts.organization_name,
        case when placeholders.value is null then parts.core_name end as core_name,
        case when placeholders.value is null then parts.legal_form end as legal_form,
        case
            when placeholders.value is null
                then {{ merged_list('parts.name_keys', 'aliases.name_keys') }}
        end as name_keys,
        -- the name's own sound stays in front
        case
            when placeholders.value is null
                then list_concat(parts.name_sounds, coalesce(aliases.name_sounds, []))
        end as name_sounds,
        case when placeholders.value is null then parts.name_stems end as name_stems,
        case when placeholders.value is null then parts.name_words end as name_words,
        coalesce(placeholders.value is null and parts.is_branch, false) as is_branch
    from parts
    left join aliases on parts.core_name = aliases.alias_name
    left join placeholders on parts.core_name = placeholders.value
)

select * from final
