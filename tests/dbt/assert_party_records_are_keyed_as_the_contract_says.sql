-- A record key is system/instance/object/key of the very columns beside it, and the extract that
-- delivered the row belongs to the same system and instance, unless it is a file of parties, whose
-- rows may name the system that they came from.
select
    record_key,
    delivered_in
from {{ ref('int_party_records') }}
where
    record_key <> {{ record_key(
        'source_system', 'source_instance', 'source_object', 'source_key'
    ) }}
    or (
        substr(delivered_in, 1, length(source_system || '/' || source_instance || '/'))
        <> source_system || '/' || source_instance || '/'
        and not starts_with(delivered_in, 'files/')
    )
