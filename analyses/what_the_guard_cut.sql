-- One row per link that would have joined two parties and was not followed; the strongest first.
with

cut_links as (
    select * from {{ ref('identity_cut_links') }}
),

bridge as (
    select * from {{ ref('bridge_party_source') }}
    where is_current
),

parties as (
    select * from {{ ref('dim_party') }}
),

final as (
    select
        cut_links.match_weight,
        cut_links.link_type,
        cut_links.reason,
        parties_a.display_name as display_name_a,
        parties_b.display_name as display_name_b,
        parties_a.birth_date as birth_date_a,
        parties_b.birth_date as birth_date_b,
        cut_links.record_key_a,
        cut_links.record_key_b,
        -- for a decision on the whole group, not on this pair alone
        cut_links.component_id,
        cut_links.component_records,
        cut_links.component_clusters
    from cut_links
    inner join bridge as bridge_a on cut_links.record_key_a = bridge_a.record_key
    inner join bridge as bridge_b on cut_links.record_key_b = bridge_b.record_key
    inner join parties as parties_a on bridge_a.gpid = parties_a.gpid
    inner join parties as parties_b on bridge_b.gpid = parties_b.gpid
)

select * from final
order by match_weight desc, record_key_a, record_key_b
