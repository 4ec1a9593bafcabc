-- One row per term of the parties' names and piece of it, by which misspelt terms are found.
with

pieces as (
    select
        term_number,
        unnest({{ search_grams('term') }}) as gram
    from {{ ref('party_search_words') }}
),

final as (
    select
        gram,
        term_number
    from pieces
)

select * from final
