-- One row per term and value that several records share, with the chance that a stranger has it.
with

-- a release is fitted once: where there is one, nothing has to be counted
records as (
    select * from {{ ref('identity_records') }}
    where party_type not in (
        select party_type from {{ source('registry', 'release_frequencies') }}
        where release_id = 'release-{{ var('model_release') }}'
    )
),

-- kanji names are compared with kanji names
counts as (
    select
        party_type,
        term,
        case when term in ('family', 'given') then split_part(value, ':', 1) else '' end as script,
        value,
        record_count
    from {{ ref('identity_term_counts') }}
),

sizes as (
    select
        party_type,
        count(*) as record_count
    from records
    group by party_type
),

-- how many records could have had the value: any record has name keys, at least in principle
populations as (
    select
        party_type,
        term,
        script,
        sum(record_count) as population
    from counts
    where term not in ('family_key', 'given_key', 'name_key', 'name_stem', 'name_word')
    group by party_type, term, script
    union all
    select
        party_type,
        unnest(['family_key', 'given_key', 'name_key', 'name_stem', 'name_word']) as term,
        '' as script,
        record_count as population
    from sizes
),

-- an identifier is as telling as the number of names that use it
identifier_counts as (
    select
        party_type,
        identifier_type as term,
        value,
        {{ distinct_names('name_key') }} as name_count
    from {{ ref('int_party_identifiers') }}
    where identifier_type in ('email', 'phone', 'national_id', 'domain')
    group by party_type, identifier_type, value
    having {{ distinct_names('name_key') }} > 1
),

record_domains as (
    select
        party_type,
        unnest(email_domains) as value
    from records
),

domain_shares as (
    select
        party_type,
        value,
        count(*) / sum(count(*)) over (partition by party_type) as share
    from record_domains
    group by party_type, value
),

final as (
    select
        counts.party_type,
        counts.term,
        counts.value,
        counts.record_count / populations.population as frequency
    from counts
    inner join populations
        on counts.party_type = populations.party_type
        and counts.term = populations.term
        and counts.script = populations.script
    where counts.record_count > 1
    union all
    select
        identifier_counts.party_type,
        identifier_counts.term,
        identifier_counts.value,
        (identifier_counts.name_count - 1 + 0.1) / sizes.record_count
        / {{ rarer_than_names('identifier_counts.party_type', 'identifier_counts.term') }}
            as frequency
    from identifier_counts
    inner join sizes on identifier_counts.party_type = sizes.party_type
    union all
    -- a provider of mailboxes for everybody
    select
        party_type,
        'mail_domain' as term,
        value,
        share as frequency
    from domain_shares
    where share >= {{ var('common_mail_domain_share') }}
    union all
    -- what any other value of the term is worth: as rare as one record
    select
        party_type,
        term,
        null as value,
        1 / sum(population) as frequency
    from populations
    group by party_type, term
    union all
    select
        party_type,
        unnest(['email', 'phone', 'national_id', 'domain', 'identifier']) as term,
        null as value,
        0.1 / record_count / {{ rarer_than_names('party_type', 'term') }} as frequency
    from sizes
)

select * from final
