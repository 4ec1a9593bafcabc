-- Every attribute that a provider tells is a fact, whoever it is about: counts by provider and
-- attribute, and the sum of the revenues to the cent, equal those of the extracts.
{{ config(enabled='enrichment' in var('systems')) }}
with

delivered as (
    {%- for table, attributes in {
        'demographics': {
            'household_income_band': 'household_income_band', 'occupation': 'occupation',
            'education': 'education', 'children': 'children', 'home_ownership': 'home_ownership',
            'birth_year': 'birth_year'
        },
        'firmographics': {
            'corporate_number': 'registered_number', 'industry': 'industry',
            'employees': 'employees', 'revenue': 'revenue'
        }
    }.items() %}
    {%- for attribute, column in attributes.items() %}
    select
        provider,
        '{{ attribute }}' as attribute,
        count({{ column }}) as answers,
        sum({{ 'revenue' if attribute == 'revenue' else 'cast(null as decimal(18, 2))' }}) as total
    from {{ source('enrichment', table) }}
    where _status = 'accepted' and not _is_deleted
    group by 1
    having count({{ column }}) > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

facts as (
    select
        provider,
        attribute,
        count(*) as answers,
        sum(case when attribute = 'revenue' then cast(value as decimal(18, 2)) end) as total
    from {{ ref('fct_enrichment') }}
    where source_system = 'enrichment'
    group by 1, 2
),

differing as (
    {{ rows_that_differ('delivered', 'facts') }}
)

select * from differing
