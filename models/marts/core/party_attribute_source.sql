-- One row per party and attribute: the value that survived, why, and what all others say.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_rows(
        ['gpid', 'input_hash'],
        'select gpid, input_hash from ' ~ ref('party_inputs')
    ) }}"
) }}
{% set rules_of = var('survivorship') %}
{% set places = range(1, rules_of.values() | map('length') | max + 1) %}
with

parties as (
    select gpid, input_hash from {{ ref('party_inputs') }}
),

-- a party whose records say what they said in the last build is kept as it was then
new_parties as (
    {{ new_rows('parties', ['gpid', 'input_hash']) }}
),

offered as (
    select
        candidates.*,
        coalesce(
            nullif(
                array_position(
                    cast({{ var('source_priority') | list }} as varchar[]),
                    candidates.source_system
                ),
                0
            ),
            {{ var('source_priority') | length + 1 }}
        ) as source_rank,
        case candidates.source_system
            {% for system, trust in var('source_trust').items() %}
            when '{{ system }}' then {{ trust }}
            {% endfor %}
            else {{ var('source_trust')['default'] }}
        end as source_trust,
        case candidates.attribute
            {% for attribute, days in var('trust_half_life_days').items() %}
            when '{{ attribute }}' then {{ days }}
            {% endfor %}
            else {{ var('trust_half_life_days')['default'] }}
        end as half_life_days
    from {{ ref('party_attribute_candidates') }} as candidates
    semi join new_parties on candidates.gpid = new_parties.gpid
),

-- a steward's word is no record's
agreements as (
    select
        gpid,
        attribute,
        value,
        count(*) filter (where not is_pinned) as agreeing_records
    from offered
    group by gpid, attribute, value
),

-- a record can have several e-mail addresses and telephone numbers
offers as (
    select
        gpid,
        attribute,
        count(distinct record_key) filter (where not is_pinned) as offering_records
    from offered
    group by gpid, attribute
),

-- by each rule, what is smaller is better. Trust that halves with age ranks two values alike at
-- any time, so that a golden record does not change because time passes
measured as (
    select
        offered.*,
        agreements.agreeing_records,
        cast(offered.source_rank as double) as by_source_priority,
        coalesce(-epoch(offered.updated_at), cast('infinity' as double)) as by_recency,
        cast(-offered.completeness as double) as by_completeness,
        cast(-agreements.agreeing_records as double) as by_frequency,
        coalesce(
            -log2(offered.source_trust)
            - epoch(offered.updated_at) / 86400 / offered.half_life_days,
            cast('infinity' as double)
        ) as by_trust
    from offered
    inner join agreements
        on offered.gpid = agreements.gpid
        and offered.attribute = agreements.attribute
        and offered.value = agreements.value
),

-- each attribute has its own rules
by_rule as (
    select
        {% for place in places %}
        case attribute
            {% for attribute, rules in rules_of.items() if rules | length >= place %}
            when '{{ attribute }}' then by_{{ rules[place - 1] }}
            {% endfor %}
        end as measure_{{ place }},
        {% endfor %}
        *
    from measured
),

-- what a steward pinned stands before all; what the rules leave open is settled by the value
ranked as (
    select
        *,
        row_number() over standing as place,
        first_value(value) over standing as survivor
    from by_rule
    window standing as (
        partition by gpid, attribute
        order by
            not is_pinned,
            {% for place in places %}
            measure_{{ place }},
            {% endfor %}
            value,
            record_key
    )
),

-- the best of the other values shows which rule decided
others as (
    select
        gpid,
        attribute,
        {% for place in places %}
        min_by(measure_{{ place }}, place) as measure_{{ place }},
        {% endfor %}
        list(
            {
                'value': value,
                'record_key': record_key,
                'source_system': source_system,
                'updated_at': updated_at
            }
            order by place
        ) as other_values
    from ranked
    where value <> survivor
    group by gpid, attribute
),

final as (
    select
        winners.gpid,
        winners.attribute,
        winners.value,
        winners.record_key,
        case winners.attribute
            {% for attribute, rules in rules_of.items() %}
            when '{{ attribute }}' then '{{ rules | join(", ") }}'
            {% endfor %}
        end as survivorship_rule,
        case
            when winners.is_pinned then 'pinned'
            when others.other_values is null then 'only value'
            {% for attribute, rules in rules_of.items() %}
            {% for rule in rules %}
            when
                winners.attribute = '{{ attribute }}'
                and winners.measure_{{ loop.index }} <> others.measure_{{ loop.index }}
                then '{{ rule }}'
            {% endfor %}
            {% endfor %}
            else 'tie'
        end as deciding_rule,
        winners.agreeing_records,
        offers.offering_records,
        others.other_values,
        winners.input_hash,
        getvariable('code_fingerprint') as made_by
    from ranked as winners
    inner join offers
        on winners.gpid = offers.gpid and winners.attribute = offers.attribute
    left join others
        on winners.gpid = others.gpid and winners.attribute = others.attribute
    where winners.place = 1
)

select * from final
