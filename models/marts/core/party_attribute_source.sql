-- One row per party and attribute: the value that survived, its record, and how many agree.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_rows(
        ['gpid', 'input_hash'],
        'select gpid, input_hash from ' ~ ref('party_inputs')
    ) }}"
) }}
{% set order_by = {
    'source_priority': 'source_rank',
    'recency': 'updated_at desc nulls last',
    'completeness': 'completeness desc',
    'frequency': 'agreeing_records desc',
} %}
with

parties as (
    select gpid, input_hash from {{ ref('party_inputs') }}
),

-- a party whose records say what they said in the last build is kept as it was then
new_parties as (
    {{ new_rows('parties', ['gpid', 'input_hash']) }}
),

candidates as (
    select
        offered.*,
        case offered.source_system
            {% for system in var('source_priority') %}
            when '{{ system }}' then {{ loop.index }}
            {% endfor %}
            else {{ var('source_priority') | length + 1 }}
        end as source_rank
    from {{ ref('party_attribute_candidates') }} as offered
    semi join new_parties on offered.gpid = new_parties.gpid
),

agreements as (
    select
        gpid,
        attribute,
        value,
        count(*) as agreeing_records
    from candidates
    group by gpid, attribute, value
),

-- each attribute has its own rules; what they leave open is settled by the value and the record
ranked as (
    {% for attribute, rules in var('survivorship').items() %}
    select
        candidates.*,
        agreements.agreeing_records,
        -- of other attributes a record has one value only
        {{ 'count(distinct candidates.record_key)' if attribute in ['email', 'phone']
            else 'count(*)' }} over (partition by candidates.gpid) as offering_records,
        '{{ rules | join(", ") }}' as survivorship_rule,
        row_number() over (
            partition by candidates.gpid
            order by
                {% for rule in rules %}
                {{ order_by[rule] }},
                {% endfor %}
                candidates.value,
                candidates.record_key
        ) as place
    from candidates
    inner join agreements
        on candidates.gpid = agreements.gpid
        and candidates.attribute = agreements.attribute
        and candidates.value = agreements.value
    where candidates.attribute = '{{ attribute }}' and agreements.attribute = '{{ attribute }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        gpid,
        attribute,
        value,
        record_key,
        survivorship_rule,
        agreeing_records,
        offering_records,
        input_hash,
        getvariable('code_fingerprint') as made_by
    from ranked
    where place = 1
)

select * from final
