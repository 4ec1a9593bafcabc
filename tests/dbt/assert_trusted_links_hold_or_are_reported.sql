-- Two records that a system declares to be one, in a way that is trusted, are one party; where
-- other evidence forbids it, identity_cut_links says so.
with

trusted as (
    select
        least(record_key_a, record_key_b) as record_key_a,
        greatest(record_key_a, record_key_b) as record_key_b,
        link_type
    from {{ ref('int_declared_links') }}
    where
        false
        {% for link_type, weight in var('declared_link_weights').items() if weight == 'trusted' %}
        or link_type = '{{ link_type }}'
        {% endfor %}
),

parties as (
    select
        record_key,
        gpid,
        party_type
    from {{ ref('bridge_party_source') }}
    where is_current
)

select
    trusted.record_key_a,
    trusted.record_key_b,
    trusted.link_type
from trusted
inner join parties as party_a
    on trusted.record_key_a = party_a.record_key
inner join parties as party_b
    on trusted.record_key_b = party_b.record_key
left join {{ ref('identity_cut_links') }} as cut_links
    on trusted.record_key_a = cut_links.record_key_a
    and trusted.record_key_b = cut_links.record_key_b
    and trusted.link_type = cut_links.link_type
where
    party_a.gpid <> party_b.gpid
    and party_a.party_type = party_b.party_type
    and cut_links.record_key_a is null
