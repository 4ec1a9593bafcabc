-- One row per question for a steward, with what is known of both sides and what the answer changes.
with

doubts as (
    select * from {{ ref('identity_doubts') }}
),

sides as (
    select * from {{ ref('identity_doubt_sides') }}
),

edges as (
    select * from {{ ref('identity_edges') }}
),

-- whatever the answer, the smaller side is what it moves
weighed as (
    select
        doubts.*,
        side_a,
        side_b,
        case
            when side_a.record_count < side_b.record_count then side_a
            when side_a.record_count > side_b.record_count then side_b
            when side_a.revenue_share < side_b.revenue_share then side_a
            else side_b
        end as moved
    from doubts
    inner join sides as side_a
        on doubts.record_key_a = side_a.record_key_a
        and doubts.record_key_b = side_a.record_key_b
        and side_a.is_a
    inner join sides as side_b
        on doubts.record_key_a = side_b.record_key_a
        and doubts.record_key_b = side_b.record_key_b
        and not side_b.is_a
),

ranked as (
    select
        *,
        percent_rank() over (order by moved.record_count) as records_rank,
        percent_rank() over (order by moved.revenue_share) as revenue_rank
    from weighed
),

final as (
    select
        row_number() over (
            order by
                ranked.is_unsure,
                ranked.records_rank + ranked.revenue_rank desc,
                abs(ranked.match_weight),
                ranked.record_key_a,
                ranked.record_key_b
        ) as priority,
        ranked.kind,
        ranked.party_type,
        ranked.record_key_a,
        ranked.record_key_b,
        ranked.cluster_id_a,
        ranked.cluster_id_b,
        ranked.reason,
        ranked.is_unsure,
        ranked.link_type,
        ranked.match_weight,
        1 / (1 + pow(2, -ranked.match_weight)) as match_probability,
        case when ranked.link_type = 'score' then edges.evidence end as evidence,
        ranked.side_a.record_count as records_a,
        ranked.side_b.record_count as records_b,
        ranked.moved.record_count as records_moved,
        ranked.moved.order_count as orders_moved,
        ranked.moved.revenue as revenue_moved,
        {% for side in ['a', 'b'] %}
        ranked.side_{{ side }}.names as names_{{ side }},
        ranked.side_{{ side }}.birth_dates as birth_dates_{{ side }},
        ranked.side_{{ side }}.emails as emails_{{ side }},
        ranked.side_{{ side }}.phones as phones_{{ side }},
        ranked.side_{{ side }}.addresses as addresses_{{ side }},
        {% endfor %}
        concat_ws(
            ',',
            {{ csv_value('ranked.record_key_a') }},
            {{ csv_value('ranked.record_key_b') }},
            '?,,,'
        ) as decision_line
    from ranked
    left join edges
        on ranked.record_key_a = edges.record_key_a
        and ranked.record_key_b = edges.record_key_b
)

select * from final
