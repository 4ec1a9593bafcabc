-- No declared link joins a person to an organization.
select
    links.record_key_a,
    links.record_key_b,
    links.link_type
from {{ ref('int_declared_links') }} as links
inner join {{ ref('int_party_records') }} as a
    on links.record_key_a = a.record_key
inner join {{ ref('int_party_records') }} as b
    on links.record_key_b = b.record_key
where a.party_type <> b.party_type
