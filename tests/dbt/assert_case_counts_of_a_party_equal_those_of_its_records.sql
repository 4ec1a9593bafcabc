-- A party has as many cases, open and closed, as its current records have.
with

bridge as (
    select
        record_key,
        gpid
    from {{ ref('bridge_party_source') }}
    where is_current
),

of_records as (
    select
        bridge.gpid,
        cases.is_closed,
        count(*) as cases
    from {{ ref('int_cases') }} as cases
    inner join bridge
        on cases.record_key = bridge.record_key
    group by 1, 2
),

of_parties as (
    select
        gpid,
        is_closed,
        count(*) as cases
    from {{ ref('fct_cases') }}
    where gpid is not null
    group by 1, 2
),

differing as (
    {{ rows_that_differ('of_records', 'of_parties') }}
)

select * from differing
