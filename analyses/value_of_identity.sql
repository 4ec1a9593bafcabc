-- One row per measure: what the systems' own keys count, and how many parties that is.
with

sales as (
    select * from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
),

by_record as (
    select
        record_key,
        count(*) as orders
    from sales
    group by record_key
),

by_party as (
    select
        gpid,
        count(*) as orders
    from sales
    group by gpid
),

final as (
    select
        'customers in all systems' as measure,
        (
            select count(*) from {{ ref('bridge_party_source') }}
            where is_current
        ) as by_source_key,
        (select count(*) from {{ ref('dim_party') }}) as by_party
    union all
    select
        'buyers',
        (select count(*) from by_record),
        (select count(*) from by_party)
    union all
    select
        'buyers who came back',
        (
            select count(*) from by_record
            where orders > 1
        ),
        (
            select count(*) from by_party
            where orders > 1
        )
    union all
    select
        'recipients of mailings',
        (
            select count(*)
            from {{ ref('bridge_party_source') }}
            where is_current and source_system = 'marketing_cloud'
        ),
        (
            select count(distinct gpid)
            from {{ ref('bridge_party_source') }}
            where is_current and source_system = 'marketing_cloud'
        )
    union all
    select
        'leads who were customers already',
        0,
        (select count(*) from {{ ref('segment_prospect_who_is_customer') }})
)

select * from final
