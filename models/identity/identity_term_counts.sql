-- One row per party type, term and value that a release has yet to know: how many records have it.
{% set single_terms = [
    'family', 'given', 'given_initial', 'full_name', 'birth_date', 'street', 'postal', 'place',
    'birth_place', 'occupation', 'company_name', 'area'
] %}
{% set set_terms = ['family_key', 'given_key', 'name_key', 'name_stem', 'name_word'] %}
with

-- a release is fitted once: where there is one, nothing has to be counted
records as (
    select * from {{ ref('identity_records') }}
    where party_type not in (
        select party_type from {{ source('registry', 'release_frequencies') }}
        where release_id = 'release-{{ var('model_release') }}'
    )
),

record_terms as (
    {% for term in single_terms %}
    select
        party_type,
        '{{ term }}' as term,
        {{ term_value(term, 'records') }} as value
    from records
    union all
    {% endfor %}
    {% for term in set_terms %}
    select
        party_type,
        '{{ term }}' as term,
        unnest({{ term_values(term, 'records') }}) as value
    from records
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        party_type,
        term,
        value,
        count(*) as record_count
    from record_terms
    where value is not null
    group by party_type, term, value
)

select * from final
