-- One row per pair of records and reason to join or part them that is no matter of scoring.
with

source_links as (
    select
        *,
        case link_type
            {% for link_type, weight in var('declared_link_weights').items() %}
            when '{{ link_type }}' then {{ 10000 if weight == 'trusted' else weight }}
            {% endfor %}
        end as weight
    from {{ ref('int_declared_links') }}
),

decisions as (
    select * from {{ ref('identity_decisions') }}
    where status = 'in force'
),

rule_matches as (
    select
        rule,
        combination,
        unnest(record_keys) as record_key
    from {{ ref('identity_rule_matches') }}
    where is_applied
),

records as (
    select record_key, party_type from {{ ref('identity_records') }}
),

-- what contradicts is settled by precedence: decision, rule, trusted link, weighed link
everything as (
    select
        least(record_key_a, record_key_b) as record_key_a,
        greatest(record_key_a, record_key_b) as record_key_b,
        link_type,
        declared_by,
        declared_at,
        weight,
        case when weight = 10000 then 3 else 4 end as precedence
    from source_links
    where weight is not null
    union all
    select
        record_key_a,
        record_key_b,
        'steward decision' as link_type,
        delivered_in as declared_by,
        decided_at as declared_at,
        case when decision = 'same' then 10000 else -10000 end as weight,
        1 as precedence
    from decisions
    union all
    select
        matches_a.record_key as record_key_a,
        matches_b.record_key as record_key_b,
        'rule: ' || matches_a.rule as link_type,
        'dbt_project.yml' as declared_by,
        cast(null as timestamp) as declared_at,
        10000 as weight,
        2 as precedence
    from rule_matches as matches_a
    inner join rule_matches as matches_b
        on matches_a.rule = matches_b.rule
        and matches_a.combination = matches_b.combination
        and matches_a.record_key < matches_b.record_key
),

final as (
    select
        everything.record_key_a,
        everything.record_key_b,
        records_a.party_type,
        everything.link_type,
        everything.declared_by,
        min(everything.declared_at) as declared_at,
        max(cast(everything.weight as double)) as weight,
        everything.precedence
    from everything
    inner join records as records_a on everything.record_key_a = records_a.record_key
    inner join records as records_b on everything.record_key_b = records_b.record_key
    where
        records_a.party_type = records_b.party_type
        and everything.record_key_a <> everything.record_key_b
    group by
        everything.record_key_a,
        everything.record_key_b,
        records_a.party_type,
        everything.link_type,
        everything.declared_by,
        everything.precedence
)

select * from final
