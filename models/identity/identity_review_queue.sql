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
        {% for column in [
            'record_count', 'names', 'birth_dates', 'emails', 'phones', 'addresses'
        ] %}
        side_a.{{ column }} as {{ column }}_a,
        side_b.{{ column }} as {{ column }}_b,
        {% endfor %}
        (side_a.record_count, side_a.revenue_share) < (side_b.record_count, side_b.revenue_share)
            as is_a_moved,
        case when is_a_moved then side_a.record_count else side_b.record_count end
            as moved_record_count,
        case when is_a_moved then side_a.order_count else side_b.order_count end
            as moved_order_count,
        case when is_a_moved then side_a.revenue else side_b.revenue end as moved_revenue,
        case when is_a_moved then side_a.revenue_share else side_b.revenue_share end
            as moved_revenue_share
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

-- the chance that the answer changes anything at all, and where it would rank if it did
ranked as (
    select
        *,
        1 / (1 + pow(2, case when kind = 'join?' then -total_value else total_value end))
            as chance_of_change,
        cume_dist() over (order by moved_record_count) as records_rank,
        cume_dist() over (order by moved_revenue_share) as revenue_rank
    from weighed
),

final as (
    select
        row_number() over (
            order by
                ranked.is_unsure,
                ranked.chance_of_change * (ranked.records_rank + ranked.revenue_rank) desc,
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
        ranked.total_value,
        case when ranked.link_type = 'score' then edges.evidence end as evidence,
        ranked.record_count_a as records_a,
        ranked.record_count_b as records_b,
        ranked.moved_record_count as records_moved,
        ranked.moved_order_count as orders_moved,
        ranked.moved_revenue as revenue_moved,
        {% for side in ['a', 'b'] %}
        ranked.names_{{ side }},
        ranked.birth_dates_{{ side }},
        ranked.emails_{{ side }},
        ranked.phones_{{ side }},
        ranked.addresses_{{ side }},
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
