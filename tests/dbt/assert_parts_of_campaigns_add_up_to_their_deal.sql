-- The parts that campaigns have in a deal are never more than the whole of it: else a campaign's
-- revenue would be counted more than once. Only a warning, since the parts are the source's.
{{ config(severity='warn') }}
select
    opportunity_key,
    sum(influence_share) as parts
from {{ ref('fct_campaign_influences') }}
group by 1
having sum(influence_share) > 1 or min(influence_share) < 0
