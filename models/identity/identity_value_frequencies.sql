-- One row per term and value that several records share, with the chance that a stranger has it.
with

records as (
    select * from {{ ref('identity_records') }}
),

record_terms as (
    select
        party_type,
        unnest([
            {term: 'family', value: family_script || ':' || family},
            {term: 'given', value: given_script || ':' || given},
            {term: 'full_name', value: family_keys[1] || '|' || given_keys[1]},
            {term: 'birth_date', value: cast(birth_date as varchar)},
            {term: 'street', value: place || '|' || street},
            {term: 'postal', value: postal},
            {term: 'place', value: place},
            {term: 'birth_place', value: birth_place},
            {term: 'occupation', value: occupation},
            {term: 'core_name', value: core_name}
        ], recursive := true)
    from records
),

record_keys_of_names as (
    select party_type, 'family_key' as term, unnest(family_keys) as value from records
    union all
    select party_type, 'given_key', unnest(given_nickname_keys) from records
    union all
    select party_type, 'given_initial', left(given_keys[1], 1) from records
    union all
    select party_type, 'name_key', unnest(name_keys) from records
),

all_terms as (
    select party_type, term, value from record_terms
    where value is not null
    union all
    select party_type, term, value from record_keys_of_names
    where value is not null
),

counts as (
    select party_type, term, value, count(*) as record_count
    from all_terms
    group by party_type, term, value
),

-- how many records could have had the term: kanji names are compared with kanji names
populations as (
    select
        party_type,
        term,
        case when term in ('family', 'given') then split_part(value, ':', 1) else '' end as kind,
        sum(record_count) as population
    from counts
    where term not in ('family_key', 'given_key', 'name_key')
    group by party_type, term, kind
    union all
    select party_type, unnest(['family_key', 'given_key', 'name_key']), '', count(*)
    from records
    group by party_type
),

domain_shares as (
    select party_type, 'mail_domain' as term, value, count(*) as record_count
    from (select party_type, unnest(email_domains) as value from records)
    group by party_type, value
),

domain_totals as (
    select party_type, sum(record_count) as record_count from domain_shares group by party_type
),

-- an identifier is as telling as the number of names that use it
identifier_counts as (
    select
        party_type,
        identifier_type as term,
        value,
        count(distinct name_key) as name_count
    from {{ ref('int_party_identifiers') }}
    where identifier_type in ('email', 'phone', 'national_id', 'domain')
    group by party_type, identifier_type, value
    having count(distinct name_key) > 1
),

sizes as (
    select party_type, count(*) as record_count
    from records
    group by party_type
),

final as (
    select
        counts.party_type,
        counts.term,
        counts.value,
        counts.record_count / populations.population as frequency
    from counts
    inner join populations
        on
            counts.party_type = populations.party_type
            and counts.term = populations.term
            and populations.kind
            = case
                when counts.term in ('family', 'given') then split_part(counts.value, ':', 1) else ''
            end
    where counts.record_count > 1
    union all
    select
        identifier_counts.party_type,
        identifier_counts.term,
        identifier_counts.value,
        (identifier_counts.name_count - 1 + 0.1) / sizes.record_count
    from identifier_counts
    inner join sizes on identifier_counts.party_type = sizes.party_type
    union all
    -- a provider of mailboxes for everybody, or the domain of a few
    select
        domain_shares.party_type,
        domain_shares.term,
        domain_shares.value,
        domain_shares.record_count / domain_totals.record_count
    from domain_shares
    inner join domain_totals on domain_shares.party_type = domain_totals.party_type
    where domain_shares.record_count >= {{ var('common_mail_domain_share') }} * domain_totals.record_count
    union all
    -- what any other value of the term is worth: as rare as one record
    select party_type, term, null, 1 / sum(population)
    from populations
    group by party_type, term
    union all
    select party_type, unnest(['email', 'phone', 'national_id', 'domain', 'identifier']), null,
        0.1 / record_count
    from sizes
)

select * from final
