-- One row per record that exists: the party that it is of.
with

final as (
    select
        record_key,
        gpid,
        party_type,
        source_system,
        source_object
    from {{ ref('bridge_party_source') }}
    where is_current
)

select * from final
