-- One row per pair of records that a source system itself declares to be one party.
with

links as (
    select * from {{ ref('int_declared_links') }}
),

records as (
    select record_key, party_type from {{ ref('int_party_records_standardised') }}
),

weighed as (
    select
        least(links.record_key_a, links.record_key_b) as record_key_a,
        greatest(links.record_key_a, links.record_key_b) as record_key_b,
        records_a.party_type,
        links.link_type,
        links.declared_by,
        links.declared_at,
        case links.link_type
            {% for link_type, weight in var('declared_link_weights').items() %}
            when '{{ link_type }}' then {{ 10000 if weight == 'trusted' else weight }}
            {% endfor %}
        end as weight
    from links
    inner join records as records_a on links.record_key_a = records_a.record_key
    inner join records as records_b on links.record_key_b = records_b.record_key
    where
        records_a.party_type = records_b.party_type
        and links.record_key_a <> links.record_key_b
),

final as (
    select
        record_key_a,
        record_key_b,
        party_type,
        link_type,
        declared_by,
        min(declared_at) as declared_at,
        max(cast(weight as double)) as weight
    from weighed
    where weight is not null
    group by record_key_a, record_key_b, party_type, link_type, declared_by
)

select * from final
