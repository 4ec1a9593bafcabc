-- One row per text that a customer wrote: every fact with a text of its own adds itself here.
with

final as (
    select
        case_key as text_key,
        gpid,
        'case' as text_source,
        opened_at as written_at,
        subject as text
    from {{ ref('fct_cases') }}
    where trim(subject) != ''
)

select * from final
