-- One row per open lead: who should look at it, and why.
with

-- leads that have become contacts, or were merged into another lead
settled as (
    select record_key_a as record_key
    from {{ ref('int_declared_links') }}
    where link_type in ('lead_conversion', 'native_merge')
    union all
    select record_key_b
    from {{ ref('int_declared_links') }}
    where link_type = 'lead_conversion'
),

leads as (
    select
        records.record_key,
        members.gpid,
        standardised.country as country_code,
        records.created_at
    from {{ ref('int_party_records') }} as records
    inner join {{ ref('record_parties') }} as members
        on records.record_key = members.record_key
    left join {{ ref('int_party_records_standardised') }} as standardised
        on records.record_key = standardised.record_key
    anti join settled
        on records.record_key = settled.record_key
    where records.source_object = 'lead' and not coalesce(records.is_deleted, false)
),

-- a lead may be somebody who works for a company that is a customer
sides as (
    select
        record_key,
        gpid,
        'itself' as whose
    from leads
    union all
    select
        leads.record_key,
        relations.related_gpid as gpid,
        'company' as whose
    from leads
    inner join {{ ref('party_relationship') }} as relations
        on leads.gpid = relations.gpid
),

deals as (
    select
        gpid,
        bool_or(not coalesce(is_closed, false)) as has_open_deal,
        bool_or(coalesce(is_won, false)) as has_won_deal
    from {{ ref('fct_opportunities') }}
    where gpid is not null
    group by gpid
),

buyers as (
    select distinct gpid
    from {{ ref('fct_orders') }}
    where is_sale and gpid is not null
),

known as (
    select
        sides.record_key,
        min(case
            when deals.has_open_deal then 1
            when deals.has_won_deal or buyers.gpid is not null then 2
            else 3
        end) as closeness,
        arg_min(
            sides.gpid,
            (
                case
                    when deals.has_open_deal then 1
                    when deals.has_won_deal or buyers.gpid is not null then 2
                    else 3
                end,
                sides.whose = 'company',
                sides.gpid
            )
        ) as known_gpid
    from sides
    left join deals
        on sides.gpid = deals.gpid
    left join buyers
        on sides.gpid = buyers.gpid
    group by sides.record_key
),

described as (
    select
        leads.*,
        case known.closeness
            when 1 then 'open deal'
            when 2 then 'customer'
            else 'new'
        end as relation,
        case when known.closeness < 3 then known.known_gpid end as known_gpid
    from leads
    inner join known
        on leads.record_key = known.record_key
),

rules as (
    select
        cast(priority as integer) as priority,
        relation,
        country_code,
        team,
        reason
    from {{ ref('lead_routes') }}
),

final as (
    select
        leads.record_key,
        leads.gpid,
        leads.country_code,
        leads.created_at,
        leads.relation,
        leads.known_gpid,
        rules.team,
        rules.reason
    from described as leads
    left join rules
        on leads.relation = coalesce(rules.relation, leads.relation)
        and (rules.country_code is null or leads.country_code = rules.country_code)
    qualify
        row_number() over (partition by leads.record_key order by rules.priority, rules.team) = 1
)

select * from final
