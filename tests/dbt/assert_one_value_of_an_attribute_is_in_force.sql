-- Of what providers say of an attribute of a party, at most one value is in force, no other has a
-- newer date, and none in force contradicts what the company itself knows.
with

enrichment as (
    select * from {{ ref('party_enrichment') }}
),

newest as (
    select
        gpid,
        attribute,
        max(as_of) as as_of,
        count(*) filter (is_in_force) as in_force
    from enrichment
    group by 1, 2
)

select
    enrichment.gpid,
    enrichment.attribute,
    enrichment.provider
from enrichment
inner join newest
    on enrichment.gpid = newest.gpid and enrichment.attribute = newest.attribute
where
    newest.in_force > 1
    or (
        enrichment.is_in_force
        and (enrichment.contradicts_first_party or enrichment.as_of < newest.as_of)
    )
