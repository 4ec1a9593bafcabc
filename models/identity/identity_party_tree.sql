-- One row per record of a party with several records: its place in the tree of strongest links.
{{ config(materialized='view') }}
select
    record_key,
    cluster_id,
    parent_record_key,
    link_type,
    match_weight,
    depth,
    place,
    records_below,
    records_beside,
    pairs_across,
    links_across,
    mean_value_across,
    compared_records,
    opposed_records
from {{ ref('span') }}
