-- One row per party type, term and set of values that a record has: how rare its values are.
{% set terms = [
    'family_key', 'given_key', 'name_key', 'name_stem', 'name_word', 'email', 'phone', 'domain'
] %}
with

records as (
    select * from {{ ref('identity_records') }}
),

frequencies as (
    select * from {{ ref('identity_release_frequencies') }}
),

value_sets as (
    {% for term in terms %}
    select distinct
        party_type,
        '{{ term }}' as term,
        {{ term_values(term, 'records') }} as value_set
    from records
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

set_values as (
    select
        party_type,
        term,
        value_set,
        unnest(value_set) as value
    from value_sets
),

final as (
    select
        set_values.party_type,
        set_values.term,
        set_values.value_set,
        min(frequencies.frequency) as lowest_frequency,
        max(frequencies.frequency) as highest_frequency,
        -- rounded, for sums depend on their order in the last digits
        pow(2, round(sum(log2(frequencies.frequency)), 9)) as joint_frequency,
        count(*) - count(frequencies.frequency) as unlisted_count
    from set_values
    left join frequencies
        on set_values.party_type = frequencies.party_type
        and set_values.term = frequencies.term
        and set_values.value = frequencies.value
    group by set_values.party_type, set_values.term, set_values.value_set
)

select * from final
