-- One row per party, term of its names and what the term is there.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_rows(
        ['gpid', 'input_hash'],
        'select gpid, input_hash from ' ~ ref('party_inputs')
    ) }}"
) }}
with

parties as (
    select gpid, input_hash from {{ ref('party_inputs') }}
),

-- a party whose records say what they said in the last build is kept as it was then
new_parties as (
    {{ new_rows('parties', ['gpid', 'input_hash']) }}
),

records as (
    select
        new_parties.gpid,
        new_parties.input_hash,
        standardised.*
    from new_parties
    inner join {{ ref('record_parties') }} as members
        on new_parties.gpid = members.gpid
    inner join {{ ref('int_party_records_standardised') }} as standardised
        on members.record_key = standardised.record_key
),

-- the keys are Latin, kanji have one per reading; what is written in other characters is a term too
terms as (
    {% for part in ['family', 'given'] %}
    select
        gpid,
        input_hash,
        '{{ part }} name' as field,
        unnest({{ part }}_keys) as term
    from records
    union all
    select
        gpid,
        input_hash,
        '{{ part }} name' as field,
        replace({{ part }}, ' ', '') as term
    from records
    where {{ part }}_script not in ('latin', 'kana', 'email')
    union all
    {% endfor %}
    select
        gpid,
        input_hash,
        'nickname' as field,
        unnest(list_filter(given_nickname_keys, lambda key: not list_contains(given_keys, key)))
            as term
    from records
    union all
    select
        gpid,
        input_hash,
        'company' as field,
        unnest(list_distinct(list_concat(name_keys, coalesce(name_words, [])))) as term
    from records
),

final as (
    select
        gpid,
        field,
        term,
        count(*) as record_count,
        input_hash,
        getvariable('code_fingerprint') as made_by
    from terms
    where term <> ''
    group by gpid, field, term, input_hash
)

select * from final
