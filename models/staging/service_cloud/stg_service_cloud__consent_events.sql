-- One row per flag that is set, account, and address or number that it is about.
with

flagged as (
    select
        *,
        false as email_bounced
    from {{ ref('stg_service_cloud__account') }}
),

final as (
    {{ opt_out_flags('flagged') }}
)

select * from final
