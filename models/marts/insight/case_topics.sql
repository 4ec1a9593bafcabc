-- One row per case: what it is about, by the words of its subject.
with

cases as (
    select
        case_key,
        gpid,
        opened_at,
        is_closed,
        coalesce({{ fold_text('subject') }}, '') as folded_subject
    from {{ ref('fct_cases') }}
),

keywords as (
    select
        topic,
        keyword,
        {{ fold_text('keyword') }} as folded_keyword
    from {{ ref('topic_keywords') }}
),

-- subjects repeat themselves: each is looked at once
found as (
    select
        subjects.folded_subject,
        keywords.topic,
        keywords.keyword,
        length(keywords.folded_keyword) as keyword_length
    from (select distinct folded_subject from cases) as subjects
    inner join keywords
        on contains(subjects.folded_subject, keywords.folded_keyword)
),

-- the longest word says most
strongest as (
    select *
    from found
    qualify row_number() over (
        partition by folded_subject order by keyword_length desc, topic, keyword
    ) = 1
),

final as (
    select
        cases.case_key,
        cases.gpid,
        cases.opened_at,
        cases.is_closed,
        coalesce(strongest.topic, 'other') as topic,
        strongest.keyword
    from cases
    left join strongest
        on cases.folded_subject = strongest.folded_subject
)

select * from final
