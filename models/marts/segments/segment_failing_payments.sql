-- One row per party whose last two payments or more failed.
with

payments as (
    select
        gpid,
        payment_key,
        charged_at,
        is_successful,
        max(charged_at) filter (is_successful) over (partition by gpid) as last_success_at
    from {{ ref('fct_payments') }}
    where gpid is not null
),

final as (
    select
        gpid,
        min(charged_at) as since,
        null::timestamp as until,
        count(*)::varchar || ' failed payments, none that went through since' as reason
    from payments
    where
        not is_successful
        and charged_at > coalesce(last_success_at, '-infinity'::timestamp)
    group by gpid
    having count(*) >= 2
)

select * from final
