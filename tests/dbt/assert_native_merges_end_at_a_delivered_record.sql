-- However long the chain of merges, the record it leads to is delivered.
select
    links.record_key_a,
    links.record_key_b
from {{ ref('int_declared_links') }} as links
left join {{ ref('int_party_records') }} as records
    on links.record_key_b = records.record_key
where links.link_type = 'native_merge' and records.record_key is null
