-- One row per deterministic rule for 'same' and combination of values that several records share.
with

combinations as (
    select
        rule,
        party_type,
        record_key,
        unnest(combinations) as combination
    from {{ ref('identity_rule_values') }}
    where decision = 'same'
),

final as (
    select
        rule,
        party_type,
        combination,
        count(*) as record_count,
        -- a combination of so many records belongs to something else than one customer
        count(*) <= {{ var('max_records_per_rule_value') }} as is_applied,
        {{ sorted_list('record_key') }} as record_keys
    from combinations
    group by rule, party_type, combination
    having count(*) > 1
)

select * from final
