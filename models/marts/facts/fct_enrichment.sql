-- One row per delivered row of a provider and attribute that it tells, with the party it is about.
with

enrichment as (
    select * from {{ ref('int_enrichment') }}
),

subjects as (
    select * from {{ ref('enrichment_subjects') }}
),

final as (
    select
        enrichment.enrichment_key,
        enrichment.attribute,
        subjects.gpid,
        enrichment.party_type,
        enrichment.source_system,
        enrichment.source_instance,
        enrichment.provider,
        enrichment.value,
        enrichment.currency_code,
        enrichment.as_of,
        subjects.matched_by,
        subjects.problem
    from enrichment
    inner join subjects
        on enrichment.enrichment_key = subjects.enrichment_key
)

select * from final
