-- One row per distinct way in which a person's name is written, parsed once.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="
        {{ forget_rows(
            ['full_name', 'given_name', 'family_name', 'name_reading'],
            'select distinct full_name, given_name, family_name, name_reading from ' ~ ref('int_party_records')
        ) }}
    "
) }}
with

distinct_spellings as (
    select distinct full_name, given_name, family_name, name_reading
    from {{ ref('int_party_records') }}
    where party_type = 'person'
),

-- in order, since the function still knows the words that it met just before
spellings as (
    select *
    from ({{ new_rows(
        'distinct_spellings', ['full_name', 'given_name', 'family_name', 'name_reading']
    ) }})
    order by full_name, given_name, family_name, name_reading
),

final as (
    select
        *,
        person_name(full_name, given_name, family_name, name_reading) as name,
        getvariable('code_fingerprint') as made_by
    from spellings
)

select * from final
