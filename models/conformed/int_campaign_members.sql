-- One row per member of a campaign.
{{ union_adapters('campaign_members') }}
