-- One row per signed-in user whose id is a customer number of one shop.
select
    record_key as record_key_a,
    {{ record_key("'commerce_cloud'", 'site', "'customer'", 'user_id') }} as record_key_b,
    'user_id' as link_type,
    'web/' || source_instance || '/page_event' as declared_by,
    first_seen_at as declared_at
from {{ ref('stg_web__user') }}
where site is not null
