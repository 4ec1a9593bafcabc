-- One row per question for a steward and side: the records on it, what they say, what they bought.
with

doubts as (
    select * from {{ ref('identity_doubts') }}
),

membership as (
    select * from {{ ref('identity_membership') }}
),

-- the records on either side: of two parties all, of one party those that a cut would part
sides as (
    {% for side in ['a', 'b'] %}
    select
        doubts.record_key_a,
        doubts.record_key_b,
        membership.record_key,
        {{ side == 'a' }} as is_a
    from doubts
    inner join membership on doubts.cluster_id_{{ side }} = membership.cluster_id
    where doubts.kind = 'join?'
    union all
    {% endfor %}
    select
        doubts.record_key_a,
        doubts.record_key_b,
        members.record_key,
        (members.place between cuts.place and cuts.place + cuts.records_below - 1)
        = (doubts.cut_record_key = doubts.record_key_a) as is_a
    from doubts
    inner join {{ ref('identity_party_tree') }} as cuts
        on doubts.cut_record_key = cuts.record_key
    inner join {{ ref('identity_party_tree') }} as members
        on doubts.cluster_id_a = members.cluster_id
    where doubts.kind = 'split?'
),

record_values as (
    select
        record_key,
        case
            when party_type = 'organization' then coalesce(organization_name, full_name)
            else {{ display_name('full_name', 'given_name', 'family_name') }}
        end as name,
        birth_date,
        emails,
        phones,
        nullif(
            concat_ws(' ', postal_code, country_code, region, locality, street_address), ''
        ) as address
    from {{ ref('int_party_records') }}
    where record_key in (select record_key from sides)
),

side_values as (
    select
        sides.record_key_a,
        sides.record_key_b,
        sides.is_a,
        count(*) as record_count,
        {{ sorted_list('record_values.name') }} as names,
        {{ sorted_list('record_values.birth_date') }} as birth_dates,
        list_sort(list_distinct(flatten(list(record_values.emails)))) as emails,
        list_sort(list_distinct(flatten(list(record_values.phones)))) as phones,
        {{ sorted_list('record_values.address') }} as addresses
    from sides
    inner join record_values on sides.record_key = record_values.record_key
    group by sides.record_key_a, sides.record_key_b, sides.is_a
),

sales as (
    select * from {{ ref('int_orders') }}
    where is_sale
),

-- amounts of several currencies cannot be added; shares of each currency's total can be compared
currency_totals as (
    select
        currency_code,
        sum(total_amount) as total_amount
    from sales
    group by currency_code
),

side_amounts as (
    select
        sides.record_key_a,
        sides.record_key_b,
        sides.is_a,
        sales.currency_code,
        count(*) as order_count,
        sum(sales.total_amount) as amount,
        coalesce(sum(sales.total_amount) / nullif(any_value(currency_totals.total_amount), 0), 0)
            as revenue_share
    from sides
    inner join sales on sides.record_key = sales.record_key
    left join currency_totals on sales.currency_code = currency_totals.currency_code
    group by sides.record_key_a, sides.record_key_b, sides.is_a, sales.currency_code
),

side_revenue as (
    select
        record_key_a,
        record_key_b,
        is_a,
        cast(sum(order_count) as bigint) as order_count,
        -- in one order, because sums of doubles differ in their last bits by it
        sum(revenue_share order by currency_code) as revenue_share,
        list(
            struct_pack(
                currency_code := currency_code,
                amount := cast(amount as decimal(18, 2))
            )
            order by currency_code
        ) as revenue
    from side_amounts
    group by record_key_a, record_key_b, is_a
),

final as (
    select
        side_values.record_key_a,
        side_values.record_key_b,
        side_values.is_a,
        side_values.record_count,
        side_values.names,
        side_values.birth_dates,
        side_values.emails,
        side_values.phones,
        side_values.addresses,
        coalesce(side_revenue.order_count, 0) as order_count,
        coalesce(side_revenue.revenue_share, 0) as revenue_share,
        coalesce(side_revenue.revenue, []) as revenue
    from side_values
    left join side_revenue
        on side_values.record_key_a = side_revenue.record_key_a
        and side_values.record_key_b = side_revenue.record_key_b
        and side_values.is_a = side_revenue.is_a
)

select * from final
