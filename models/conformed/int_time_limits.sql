-- One row: until when what the build says of consent holds, if nothing new is delivered.
with

limits as (
    select unnest([effective_from, effective_to]) as limit_at
    from {{ ref('int_consent_events') }}
    union all
    select unnest([try_cast(starts_at as timestamp), try_cast(ends_at as timestamp)])
    from {{ ref('int_contact_suppressions') }}
),

final as (
    select min(limit_at) as holds_until
    from limits
    where limit_at > {{ build_moment() }}
)

select * from final
