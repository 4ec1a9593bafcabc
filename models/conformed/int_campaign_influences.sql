-- One row per campaign with a part in a deal.
{{ union_adapters('campaign_influences') }}
