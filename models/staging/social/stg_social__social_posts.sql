-- One row per post, reply, reaction or follow that is not deleted.
select
    {{ record_key("'social'", '_instance', "'interaction'", "network || ':' || interaction_id") }}
        as post_key,
    {{ record_key("'social'", '_instance', "'profile'", "network || ':' || profile_id") }}
        as record_key,
    'social' as source_system,
    _instance as source_instance,
    network,
    lower(trim(kind)) as kind,
    text,
    lower(language) as language,
    product_id,
    {{ record_key("'commerce_cloud'", 'site', "'order'", 'order_number') }} as order_key,
    {{ record_key("'social'", '_instance', "'interaction'", "network || ':' || reply_to") }}
        as reply_to_key,
    url,
    occurred_at
from {{ source('social', 'interaction') }}
where _status = 'accepted' and not _is_deleted
