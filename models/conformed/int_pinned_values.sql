-- One row per value that a steward pinned as it was written, in comparable form and checked.
{% set blocks = {
    'name': ['given_name', 'family_name'],
    'address': ['street_address', 'locality', 'region', 'postal_code', 'country_code'],
} %}
{% set single = [
    'name_reading', 'organization_name', 'birth_date', 'gender', 'email', 'phone', 'occupation'
] %}
{% set attributes = blocks.values() | sum(start=[]) + single %}
with

written as (
    select
        nullif(trim(pins.record_key), '') as record_key,
        lower(nullif(trim(pins.attribute), '')) as attribute,
        nullif(trim(pins.value), '') as text,
        nullif(trim(pins.decided_by), '') as decided_by,
        pins.decided_at as decided_at_text,
        -- a time without an offset is UTC, whatever the clock of this machine says
        case
            when regexp_matches(pins.decided_at, ':[0-9.]+ ?(Z|z|[+-][0-9:]+) *$')
                then try_cast(pins.decided_at as timestamptz) at time zone 'UTC'
            else try_cast(pins.decided_at as timestamp)
        end as decided_at,
        nullif(trim(pins.reason), '') as reason,
        pins.delivered_in,
        records.record_key is not null as is_known,
        country(records.country_code) as country
    from {{ ref('int_written_pins') }} as pins
    left join {{ ref('int_party_records') }} as records
        on trim(pins.record_key) = records.record_key
),

comparable as (
    select
        *,
        case
            {% for block, parts in blocks.items() %}
            when list_contains({{ parts }}, attribute) then '{{ block }}'
            {% endfor %}
            when list_contains({{ single }}, attribute) then attribute
        end as survivor,
        case attribute
            when 'birth_date' then cast(birth_date(text) as varchar)
            when 'gender' then {{ normalize_gender('text') }}
            when 'email' then email(text).address
            when 'phone' then phone(text, country)
            else text
        end as value
    from written
),

counted as (
    select
        *,
        count(distinct coalesce(value, text)) over (
            partition by record_key, attribute, decided_at
        ) as value_count
    from comparable
),

checked as (
    select
        *,
        nullif(concat_ws(
            '; ',
            case when record_key is null then 'no record_key' end,
            case
                when len(string_split(record_key, '/')) < 4
                    then 'record_key is not system/instance/object/key'
            end,
            case
                when attribute is null then 'no attribute'
                when survivor is null then
                    'attribute is none of {{ attributes | join(", ") }}'
            end,
            case
                when text is null then 'no value'
                -- how a number is read depends on the record's country
                when value is null and is_known then 'value is no ' || attribute
            end,
            case when decided_by is null then 'no decided_by' end,
            case
                when nullif(trim(decided_at_text), '') is null then 'no decided_at'
                when decided_at is null then 'decided_at is no ISO date or time'
                when decided_at > {{ build_moment() }} + interval 1 day
                    then 'decided_at is in the future'
            end,
            case when value_count > 1 then 'another value was pinned at the same moment' end
        ), '') as problem
    from counted
),

-- a row that was copied is one pin
final as (
    select
        record_key,
        attribute,
        survivor,
        coalesce(value, text) as value,
        decided_by,
        decided_at,
        reason,
        problem,
        min(delivered_in) as delivered_in
    from checked
    group by all
)

select * from final
