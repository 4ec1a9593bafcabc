-- One row per party with an open opportunity: what marketing has sent it meanwhile.
with

opportunities_by_currency as (
    select
        gpid,
        currency_code,
        count(*) as opportunities,
        sum(amount)::decimal(18, 2) as amount,
        min(created_at) as created_at,
        min(close_date) as close_date
    from {{ ref('fct_opportunities') }}
    where not is_closed and gpid is not null
    group by gpid, currency_code
),

opportunities as (
    select
        gpid,
        sum(opportunities)::bigint as open_opportunity_count,
        list(
            struct_pack(currency_code := currency_code, amount := amount) order by currency_code
        ) as pipeline,
        min(created_at) as open_since,
        min(close_date) as next_close_date
    from opportunities_by_currency
    group by gpid
),

recipients as (
    select
        account_gpid as gpid,
        gpid as recipient_gpid
    from {{ ref('account_members') }}
),

mailings as (
    select
        recipients.gpid,
        count(*) filter (activities.activity_type = 'email_send') as mailings,
        count(*) filter (activities.activity_type = 'email_click') as clicks,
        max(activities.occurred_at) as last_mailing_at
    from recipients
    inner join opportunities
        on recipients.gpid = opportunities.gpid
    inner join {{ ref('fct_activities') }} as activities
        on recipients.recipient_gpid = activities.gpid
        and opportunities.open_since <= activities.occurred_at
    where activities.activity_type in ('email_send', 'email_click')
    group by recipients.gpid
),

reachable as (
    select
        recipients.gpid,
        count(distinct consent.gpid) as reachable_people
    from recipients
    inner join {{ ref('party_consent') }} as consent
        on recipients.recipient_gpid = consent.gpid
    where consent.purpose = 'marketing' and consent.is_allowed
    group by recipients.gpid
),

final as (
    select
        opportunities.gpid,
        opportunities.open_opportunity_count,
        opportunities.pipeline,
        opportunities.open_since,
        opportunities.next_close_date,
        coalesce(mailings.mailings, 0) as mailing_count,
        coalesce(mailings.clicks, 0) as click_count,
        mailings.last_mailing_at,
        coalesce(reachable.reachable_people, 0) as reachable_count
    from opportunities
    left join mailings
        on opportunities.gpid = mailings.gpid
    left join reachable
        on opportunities.gpid = reachable.gpid
)

select * from final
