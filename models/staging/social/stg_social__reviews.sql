-- One row per review that is not deleted, as it was last edited.
select
    {{ record_key("'social'", '_instance', "'review'", "network || ':' || review_id") }}
        as review_key,
    {{ record_key("'social'", '_instance', "'profile'", "network || ':' || profile_id") }}
        as record_key,
    'social' as source_system,
    _instance as source_instance,
    network,
    product_id,
    {{ record_key("'commerce_cloud'", 'site', "'order'", 'order_number') }} as order_key,
    rating,
    title,
    text,
    lower(language) as language,
    created_at as written_at,
    updated_at as edited_at
from {{ source('social', 'review') }}
where _status = 'accepted' and not _is_deleted
