-- One row per term of the parties' names, with how it may be read and how many parties have it.
with

terms as (
    select
        term,
        count(distinct gpid) as party_count
    from {{ ref('party_search_terms') }}
    group by term
),

names as (
    select * from {{ ref('int_person_names') }}
),

-- how a name in kanji, hangul or another script is read, wherever it occurs
readings as (
    {% for part in ['family', 'given'] %}
    select
        replace({{ part }}, ' ', '') as term,
        unnest({{ part }}_keys) as reading
    from names
    where {{ part }}_script not in ('latin', 'kana', 'email')
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

read_terms as (
    select
        term,
        {{ sorted_list('reading') }} as readings
    from readings
    group by term
),

final as (
    select
        -- terms in order, so that those of one search are found beside each other
        row_number() over (order by terms.term) as term_number,
        terms.term,
        terms.party_count,
        read_terms.readings
    from terms
    left join read_terms
        on terms.term = read_terms.term
)

select * from final
