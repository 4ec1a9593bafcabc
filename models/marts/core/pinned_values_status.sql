-- One row per value that a steward pinned, and what became of it.
with

pins as (
    select
        pins.*,
        members.gpid
    from {{ ref('int_pinned_values') }} as pins
    left join {{ ref('record_parties') }} as members
        on pins.record_key = members.record_key
    where pins.problem is null
),

-- a party has one pinned name and one pinned address: the parts of the newest decision
ranked as (
    select
        *,
        dense_rank() over (
            partition by gpid, survivor
            order by decided_at desc, record_key
        ) as place
    from pins
),

final as (
    select
        record_key,
        gpid,
        attribute,
        survivor,
        value,
        decided_by,
        decided_at,
        reason,
        case
            when gpid is null then 'record unknown'
            when place > 1 then 'superseded'
            else 'in force'
        end as status
    from ranked
)

select * from final
