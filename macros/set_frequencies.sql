{% macro set_frequencies(records, frequencies, terms) -%}
select
    set_values.party_type,
    set_values.term,
    set_values.value_set,
    min({{ frequencies }}.frequency) as lowest_frequency,
    max({{ frequencies }}.frequency) as highest_frequency,
    -- rounded, for sums depend on their order in the last digits
    pow(2, round(sum(log2({{ frequencies }}.frequency)), 9)) as joint_frequency,
    count(*) - count({{ frequencies }}.frequency) as unlisted_count
from (
    select
        party_type,
        term,
        value_set,
        unnest(value_set) as value
    from (
        {% for term in terms %}
        select distinct
            party_type,
            '{{ term }}' as term,
            {{ term_values(term, records) }} as value_set
        from {{ records }}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    )
) as set_values
left join {{ frequencies }}
    on set_values.party_type = {{ frequencies }}.party_type
    and set_values.term = {{ frequencies }}.term
    and set_values.value = {{ frequencies }}.value
group by set_values.party_type, set_values.term, set_values.value_set
{%- endmacro %}
