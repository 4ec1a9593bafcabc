-- One row per party type, term and value: the frequencies that this build scores with.
with

frozen as (
    select
        party_type,
        term,
        value,
        frequency
    from {{ source('registry', 'release_frequencies') }}
    where release_id = 'release-{{ var('model_release') }}'
),

final as (
    select * from frozen
    union all
    -- the first build takes those of its data; the registry gets them when every gate is open
    select
        party_type,
        term,
        value,
        frequency
    from {{ ref('identity_value_frequencies') }}
    where party_type not in (select party_type from frozen)
)

select * from final
