-- One row per consent event and contact point, as the source tells it.
with

delivered as (
    {{ union_adapters('consent_events') }}
),

-- an event that names an address of somebody who was erased is passed over, too
final as (
    select *
    from delivered
    where not {{ is_erased_contact_point() }}
)

select * from final
