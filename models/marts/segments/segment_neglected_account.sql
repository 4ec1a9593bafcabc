-- One row per organization that a deal was won with and that nobody spoke to for half a year.
with

accounts as (
    select
        opportunities.gpid,
        max(opportunities.close_date) as won_on
    from {{ ref('fct_opportunities') }} as opportunities
    inner join {{ ref('dim_party') }} as parties
        on opportunities.gpid = parties.gpid
    where opportunities.is_won and parties.party_type = 'organization'
    group by opportunities.gpid
),

-- its own and those of the people who work there
contacts as (
    select
        accounts.gpid,
        max(activities.occurred_at) as last_contact_at
    from accounts
    inner join {{ ref('account_members') }} as members
        on accounts.gpid = members.account_gpid
    inner join {{ ref('fct_activities') }} as activities
        on members.gpid = activities.gpid
    where activities.activity_type in ('task', 'event', 'case_comment')
    group by accounts.gpid
),

final as (
    select
        accounts.gpid,
        greatest(contacts.last_contact_at, accounts.won_on) + interval 180 day as since,
        null::timestamp as until,
        'won on ' || accounts.won_on::varchar || coalesce(
            ', last contact ' || contacts.last_contact_at::date::varchar, ', never contacted'
        ) as reason
    from accounts
    left join contacts
        on accounts.gpid = contacts.gpid
    cross join {{ ref('int_as_of') }} as reached
    where greatest(contacts.last_contact_at, accounts.won_on) <= reached.as_of - interval 180 day
)

select * from final
