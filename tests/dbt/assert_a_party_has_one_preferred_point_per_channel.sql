-- Of each channel a party has at most one preferred contact point, and it has one wherever one of
-- them can be used: not bounced, not stale, not shared by many.
select
    gpid,
    channel,
    count(*) filter (where is_preferred) as preferred_points
from {{ ref('party_contact_point') }}
group by gpid, channel
having
    count(*) filter (where is_preferred) <> cast(bool_or(
        deliverability <> 'bounced' and not is_stale and not is_shared_by_many
    ) as integer)
