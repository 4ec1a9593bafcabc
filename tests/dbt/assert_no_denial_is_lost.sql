-- A denial that names nobody whom anybody could find is nobody's: the source has to be asked. Other
-- words that are not understood keep their effect, or grant nothing (consent_events.problem).
{{ config(severity='warn') }}
select *
from {{ ref('consent_events') }}
where
    effect = 'denial'
    and contact_point is null
    and record_key is null
