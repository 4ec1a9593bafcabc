-- One row per party record that is new, or says other things than when a build last saw it.
with

records as (
    select * from {{ ref('int_party_records_standardised') }}
),

-- a name that was read from an e-mail address is no second witness
told as (
    select
        record_key,
        party_type,
        case
            when party_type = 'organization' then name_keys
            when coalesce(family_script, '') <> 'email' and not is_name_from_email
                then list_filter(family_keys, lambda each: length(each) > 1)
        end as names,
        case
            when coalesce(given_script, '') <> 'email' and not is_name_from_email
                then list_filter(given_nickname_keys, lambda each: length(each) > 1)
        end as given_names,
        birth_date,
        case
            when party_type = 'organization'
                then list_concat(
                    coalesce(email_domains, []),
                    list_transform(
                        list_filter(identifiers, lambda each: starts_with(each, 'website:')),
                        lambda each: {{ domain_of_url("substr(each, length('website:') + 1)") }}
                    )
                )
            else emails
        end as mailboxes,
        phones,
        national_id,
        list_append(
            coalesce(identifiers, []),
            'address:' || coalesce(postal, place) || '/' || coalesce(street, '') || '/'
            || house_number
        ) as others
    from records
),

hashed as (
    select
        *,
        hash(getvariable('mark_salt'), told) as content_hash
    from told
),

last_seen as (
    select
        record_key,
        max(entry_number) as entry_number,
        max_by(content_hash, entry_number) as content_hash
    from {{ source('registry', 'record_identity_log') }}
    group by record_key
),

final as (
    select
        hashed.record_key,
        hashed.party_type,
        cast(coalesce(last_seen.entry_number, 0) as bigint) as last_entry_number,
        hash(getvariable('mark_salt')) as made_with,
        hashed.content_hash,
        {{ record_marks('name', 'hashed.names') }} as name_marks,
        {{ record_marks('name', 'hashed.given_names') }} as given_name_marks,
        {{ record_mark('birth_date', 'cast(hashed.birth_date as varchar)') }} as birth_date_mark,
        {{ record_marks('mailbox', 'hashed.mailboxes') }} as mailbox_marks,
        {{ record_marks('phone', 'hashed.phones') }} as phone_marks,
        {{ record_mark('national_id', 'hashed.national_id') }} as national_id_mark,
        {{ record_marks('other', 'hashed.others') }} as other_marks
    from hashed
    left join last_seen
        on hashed.record_key = last_seen.record_key
    where hashed.content_hash is distinct from last_seen.content_hash
)

select * from final
