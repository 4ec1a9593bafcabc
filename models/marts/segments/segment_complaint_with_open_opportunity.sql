-- One row per party that complained in public while a deal with it, or its employer, is open.
with

complaints as (
    select
        texts.gpid,
        count(*) as complaints,
        max(texts.written_at) as written_at
    from {{ ref('text_sentiment') }} as texts
    cross join {{ ref('int_as_of') }} as reached
    where
        texts.gpid is not null
        and texts.text_source in ('post', 'review')
        and texts.sentiment = 'negative'
        and texts.written_at between reached.as_of - interval 180 day and reached.as_of
    group by texts.gpid
),

-- deals are with the person or with the organization where the person works
buyers as (
    select
        gpid,
        account_gpid as buyer_gpid
    from {{ ref('account_members') }}
),

final as (
    select
        complaints.gpid,
        complaints.written_at as since,
        complaints.written_at + interval 180 day as until,
        max(complaints.complaints)::varchar || ' complaint(s), '
        || count(distinct opportunities.opportunity_key)::varchar || ' open opportunity(ies)'
            as reason
    from complaints
    inner join buyers
        on complaints.gpid = buyers.gpid
    inner join {{ ref('fct_opportunities') }} as opportunities
        on buyers.buyer_gpid = opportunities.gpid
        and not opportunities.is_closed
    group by complaints.gpid, complaints.written_at
)

select * from final
