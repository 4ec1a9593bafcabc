-- One row per party that is none of the best yet: which of them it looks like most.
{% set features = {
    'days_known': 'days known',
    'age': 'age',
    'systems': 'systems',
    'email_opens': 'e-mails opened',
    'email_clicks': 'e-mails clicked',
    'web_sessions': 'web sessions',
    'baskets': 'baskets',
    'cases': 'cases',
} -%}
with

customers as (
    select * from {{ ref('customer_features') }}
),

-- the fifty who spend most stand for the best
examples as (
    select *
    from customers
    where is_best
    qualify row_number() over (order by relative_spend desc, gpid) <= 50
),

compared as (
    select
        party.gpid,
        example.gpid as best_gpid,
        round(
            sqrt(
                cast(party.country_code is distinct from example.country_code as integer)
                {%- for feature in features %}
                + power(party.{{ feature }} - example.{{ feature }}, 2)
                {%- endfor %}
            ),
            6
        ) as distance
    from customers as party
    cross join examples as example
    where not party.is_best
),

nearest as (
    select
        gpid,
        min(distance) as distance,
        arg_min(best_gpid, (distance, best_gpid)) as best_gpid
    from compared
    group by gpid
),

names as (
    select unnest([
        {%- for name in features.values() %}
        '{{ name }}'{{ "," if not loop.last }}
        {%- endfor %}
    ]) as feature
),

-- the two side by side in each feature
sides as (
    select
        nearest.gpid,
        names.feature,
        case names.feature
            {% for feature, name in features.items() -%}
            when '{{ name }}' then party.{{ feature }}
            {% endfor -%}
        end as deviation,
        case names.feature
            {% for feature, name in features.items() -%}
            when '{{ name }}' then example.{{ feature }}
            {% endfor -%}
        end as deviation_of_best
    from nearest
    inner join customers as party
        on nearest.gpid = party.gpid
    inner join examples as example
        on nearest.best_gpid = example.gpid
    cross join names
),

-- in what both are far from the mean, and close to each other
alike as (
    select
        gpid,
        feature,
        row_number() over (
            partition by gpid
            order by abs(deviation) - abs(deviation - deviation_of_best) desc, feature
        ) as feature_rank
    from sides
    qualify feature_rank <= 3
),

listed as (
    select
        gpid,
        list(feature order by feature_rank) as alike_in
    from alike
    group by gpid
),

final as (
    select
        nearest.gpid,
        row_number() over (order by nearest.distance, nearest.gpid) as lookalike_rank,
        nearest.best_gpid,
        nearest.distance,
        listed.alike_in
    from nearest
    inner join listed
        on nearest.gpid = listed.gpid
)

select * from final
