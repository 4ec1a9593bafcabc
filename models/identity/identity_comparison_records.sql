-- One row per party record with the frequencies (tf_…) of its values: what the scorer reads.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_rows(
        ['record_id', 'input_hash'],
        'select record_id, input_hash from ' ~ ref('identity_records')
    ) }}"
) }}
{% set single_terms = [
    'family', 'given', 'given_initial', 'full_name', 'birth_date', 'street', 'postal', 'place',
    'birth_place', 'occupation', 'national_id', 'company_name', 'area'
] %}
{% set set_terms = [
    'family_key', 'given_key', 'name_key', 'name_stem', 'name_word', 'email', 'phone', 'domain'
] %}
with

inputs as (
    select * from {{ ref('identity_records') }}
),

-- a record that says what it said in the last build is described as it was then; those that do not
-- are few and read many times, in a first build they are all
records as {{ 'materialized' if is_incremental() else 'not materialized' }} (
    {{ new_rows('inputs', ['record_id', 'input_hash']) }}
),

frequencies as (
    select * from {{ ref('identity_release_frequencies') }}
),

-- the frequency of any value that the release does not list
defaults as (
    select
        {% for term in single_terms + set_terms + ['identifier'] %}
        max(case when term = '{{ term }}' then frequency end) as {{ term }},
        {% endfor %}
        party_type
    from frequencies
    where value is null
    group by party_type
),

common_mail_domains as (
    select
        party_type,
        list(value) as domains
    from frequencies
    where term = 'mail_domain' and value is not null
    group by party_type
),

set_frequencies as (
    {{ set_frequencies('records', 'frequencies', set_terms) }}
),

-- a set of keys is as rare as its rarest key, a set of shared values as common as its commonest
described as (
    select
        records.*,
        strftime(records.birth_date, '%Y%m%d') as birth_text,
        {{ words_in_order('records.street') }} as street_words,
        {{ numbered_local_parts(
            'records.emails', 'records.family_keys', 'records.given_keys'
        ) }} as numbered_local_parts,
        list_transform(records.emails, lambda email: regexp_replace(email, '[^0-9]', '', 'g'))
            as email_digits,
        {{ identifier_types('records.identifiers') }} as identifier_types,
        {{ name_sounds('records.family_keys') }} as family_sounds,
        {{ name_sounds('records.given_nickname_keys') }} as given_sounds,
        not {{ lists_overlap('records.email_domains', 'common_mail_domains.domains') }}
            as has_rare_domain,
        {% for term in single_terms %}
        coalesce({{ term }}_listed.frequency, defaults.{{ term }}, 10 * defaults.identifier)
            as tf_{{ term }},
        {% endfor %}
        {% for term in ['family_key', 'given_key', 'name_key'] %}
        case
            when {{ term }}_set.unlisted_count > 0 then defaults.{{ term }}
            else {{ term }}_set.lowest_frequency
        end as tf_{{ term }},
        {% endfor %}
        {% for term in ['name_stem', 'email', 'phone', 'domain'] %}
        coalesce({{ term }}_set.highest_frequency, defaults.{{ term }}) as tf_{{ term }},
        {% endfor %}
        -- the chance of the same words in another company's name
        coalesce(name_word_set.joint_frequency, 1)
        * pow(defaults.name_word, name_word_set.unlisted_count) as tf_name_words,
        defaults.identifier as tf_identifier,
        tf_family_key * tf_given_key as tf_swapped_name,
        -- a name in common use, in the lexicon or in this base, is no misspelling of another name
        is_given_name(records.given_keys[1])
        or coalesce(
            tf_given_key >= greatest(
                {{ var('common_name_records') - 0.5 }} * defaults.given_key,
                {{ var('common_name_share') }}
            ),
            false
        ) as is_common_given,
        -- "n h", and "k" of k.osada@
        coalesce(
            regexp_matches(records.given, '^[a-z]( [a-z])*$'), length(records.given_keys[1]) = 1
        ) as is_given_initial,
        list_distinct(list_transform(records.given_keys, lambda key: left(key, 1)))
            as given_initials,
        case
            when regexp_matches(records.core_name, '^[ -~]*$') then 'latin'
            when regexp_matches(records.core_name, '^[ァ-ヺー・]*$') then 'kana'
            when records.core_name is not null then 'native'
        end as name_script,
        records.name_sounds is not null and company_name_listed.frequency is null as is_lone_name,
        email_set.highest_frequency is not null or {{ is_family_mailbox('records.emails') }}
            as is_email_shared
    from records
    inner join defaults
        on records.party_type = defaults.party_type
    left join common_mail_domains
        on records.party_type = common_mail_domains.party_type
    {% for term in single_terms %}
    left join frequencies as {{ term }}_listed
        on records.party_type = {{ term }}_listed.party_type
        and {{ term }}_listed.term = '{{ term }}'
        {% if term == 'company_name' -%}
        and records.name_sounds[1] = {{ term }}_listed.value
        {%- else -%}
        and {{ term_value(term, 'records') }} = {{ term }}_listed.value
        {%- endif %}
    {% endfor %}
    {% for term in set_terms %}
    left join set_frequencies as {{ term }}_set
        on records.party_type = {{ term }}_set.party_type
        and {{ term }}_set.term = '{{ term }}'
        and {{ term_values(term, 'records') }} = {{ term }}_set.value_set
    {% endfor %}
),

final as (
    select
        described.* exclude (input_hash),
        hash(described) as content_hash,
        input_hash,
        getvariable('code_fingerprint') as made_by
    from described
)

select * from final
