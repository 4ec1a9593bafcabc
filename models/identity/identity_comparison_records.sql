-- One row per party record with the frequencies (tf_…) of its values: what the scorer reads.
with

records as (
    select * from {{ ref('identity_records') }}
),

frequencies as (
    select party_type, term, value, frequency from {{ ref('release_frequencies') }}
),

-- the frequency of any value that the release does not list
defaults as (
    select
        party_type,
        {% for term in [
            'family', 'given', 'family_key', 'given_key', 'given_initial', 'full_name', 'birth_date',
            'street', 'postal', 'place', 'birth_place', 'occupation', 'email', 'phone',
            'national_id', 'core_name', 'name_key', 'domain', 'identifier'
        ] %}
        max(case when term = '{{ term }}' then frequency end) as {{ term }}{{ "," if not loop.last }}
        {% endfor %}
    from frequencies
    where value is null
    group by party_type
),

-- a set of keys is as rare as its rarest key, a set of shared values as common as its commonest
list_values as (
    select party_type, 'family_key' as term, family_keys as list, unnest(family_keys) as value
    from (select distinct party_type, family_keys from records)
    union all
    select party_type, 'given_key', given_nickname_keys, unnest(given_nickname_keys)
    from (select distinct party_type, given_nickname_keys from records)
    union all
    select party_type, 'name_key', name_keys, unnest(name_keys)
    from (select distinct party_type, name_keys from records)
    union all
    select party_type, 'email', emails, unnest(emails)
    from (select distinct party_type, emails from records)
    union all
    select party_type, 'phone', phones, unnest(phones)
    from (select distinct party_type, phones from records)
    union all
    select party_type, 'domain', company_domains, unnest(company_domains)
    from (select distinct party_type, company_domains from records)
),

list_frequencies as (
    select
        list_values.party_type,
        list_values.term,
        list_values.list,
        min(frequencies.frequency) as lowest,
        max(frequencies.frequency) as highest,
        count(*) > count(frequencies.frequency) as has_unlisted
    from list_values
    left join frequencies
        on
            list_values.party_type = frequencies.party_type
            and list_values.term = frequencies.term
            and list_values.value = frequencies.value
    group by list_values.party_type, list_values.term, list_values.list
),

common_mail_domains as (
    select party_type, list(value) as domains
    from frequencies
    where term = 'mail_domain' and value is not null
    group by party_type
),

final as (
    select
        records.*,
        strftime(records.birth_date, '%Y%m%d') as birth_text,
        {{ numbered_local_parts('records.emails') }} as numbered_local_parts,
        {{ identifier_types('records.identifiers') }} as identifier_types,
        not coalesce(list_has_any(records.email_domains, common_mail_domains.domains), false)
            as has_rare_domain,
        coalesce(family.frequency, defaults.family) as tf_family,
        coalesce(given.frequency, defaults.given) as tf_given,
        case when family_key.has_unlisted then defaults.family_key else family_key.lowest end
            as tf_family_key,
        case when given_key.has_unlisted then defaults.given_key else given_key.lowest end
            as tf_given_key,
        coalesce(given_initial.frequency, defaults.given_initial) as tf_given_initial,
        coalesce(full_name.frequency, defaults.full_name) as tf_full_name,
        coalesce(birth_day.frequency, defaults.birth_date) as tf_birth_date,
        coalesce(street.frequency, defaults.street) as tf_street,
        coalesce(postal.frequency, defaults.postal) as tf_postal,
        coalesce(place.frequency, defaults.place) as tf_place,
        coalesce(birth_place.frequency, defaults.birth_place) as tf_birth_place,
        coalesce(occupation.frequency, defaults.occupation) as tf_occupation,
        coalesce(email.highest, defaults.email) as tf_email,
        coalesce(phone.highest, defaults.phone) as tf_phone,
        coalesce(national_id.frequency, defaults.national_id) as tf_national_id,
        coalesce(core_name.frequency, defaults.core_name) as tf_core_name,
        case when name_key.has_unlisted then defaults.name_key else name_key.lowest end
            as tf_name_key,
        coalesce(domain.highest, defaults.domain) as tf_domain,
        defaults.identifier as tf_identifier,
        tf_family_key * tf_given_key as tf_swapped_name
    from records
    inner join defaults on records.party_type = defaults.party_type
    left join common_mail_domains on records.party_type = common_mail_domains.party_type
    {% for term, value in {
        'family': "records.family_script || ':' || records.family",
        'given': "records.given_script || ':' || records.given",
        'given_initial': "left(records.given_keys[1], 1)",
        'full_name': "records.family_keys[1] || '|' || records.given_keys[1]",
        'street': "records.place || '|' || records.street",
        'postal': "records.postal",
        'place': "records.place",
        'birth_place': "records.birth_place",
        'occupation': "records.occupation",
        'national_id': "records.national_id",
        'core_name': "records.core_name",
    }.items() %}
    left join frequencies as {{ term }}
        on
            records.party_type = {{ term }}.party_type
            and {{ term }}.term = '{{ term }}'
            and {{ value }} = {{ term }}.value
    {% endfor %}
    left join frequencies as birth_day
        on
            records.party_type = birth_day.party_type
            and birth_day.term = 'birth_date'
            and cast(records.birth_date as varchar) = birth_day.value
    {% for term, list in {
        'family_key': 'family_keys',
        'given_key': 'given_nickname_keys',
        'name_key': 'name_keys',
        'email': 'emails',
        'phone': 'phones',
        'domain': 'company_domains',
    }.items() %}
    left join list_frequencies as {{ term }}
        on
            records.party_type = {{ term }}.party_type
            and {{ term }}.term = '{{ term }}'
            and records.{{ list }} = {{ term }}.list
    {% endfor %}
)

select * from final
