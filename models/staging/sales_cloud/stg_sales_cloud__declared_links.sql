-- One row per pair of records that Sales Cloud itself declares to be the same party.
with

accounts as (
    select * from {{ ref('stg_sales_cloud__account') }}
),

contacts as (
    select * from {{ ref('stg_sales_cloud__contact') }}
),

leads as (
    select * from {{ ref('stg_sales_cloud__lead') }}
),

mergeable as (
    select record_key, master_key, delivered_in, updated_at from accounts
    union all
    select record_key, master_key, delivered_in, updated_at from contacts
    union all
    select record_key, master_key, delivered_in, updated_at from leads
),

survivors as (
    {{ native_merge_survivors('mergeable') }}
),

native_merges as (
    select
        mergeable.record_key as record_key_a,
        survivors.survivor_key as record_key_b,
        'native_merge' as link_type,
        mergeable.delivered_in as declared_by,
        mergeable.updated_at as declared_at
    from mergeable
    inner join survivors
        on mergeable.record_key = survivors.record_key
    where mergeable.record_key <> survivors.survivor_key
),

-- where the extract holds both rows of a person account
person_account_contacts as (
    select
        accounts.record_key as record_key_a,
        contacts.record_key as record_key_b,
        'person_account_contact' as link_type,
        accounts.delivered_in as declared_by,
        accounts.created_at as declared_at
    from accounts
    inner join contacts
        on accounts.source_instance = contacts.source_instance
        and accounts.person_contact_id = contacts.source_key
),

-- a person account has no contact row in most extracts: its account stands for it
persons_by_contact_id as (
    select
        source_instance,
        source_key as contact_id,
        record_key
    from contacts
    union all
    select
        source_instance,
        person_contact_id as contact_id,
        record_key
    from accounts
    where
        person_contact_id is not null
        and record_key not in (select record_key_a from person_account_contacts)
),

-- the converted account is an organization unless it is a person account
lead_conversions as (
    select
        leads.record_key as record_key_a,
        coalesce(persons.record_key, accounts.record_key) as record_key_b,
        'lead_conversion' as link_type,
        leads.delivered_in as declared_by,
        leads.converted_at as declared_at
    from leads
    left join persons_by_contact_id as persons
        on leads.source_instance = persons.source_instance
        and leads.converted_contact_id = persons.contact_id
    left join accounts
        on leads.converted_account_key = accounts.record_key and accounts.is_person
    where persons.record_key is not null or accounts.record_key is not null
),

final as (
    select * from native_merges
    union all
    select * from person_account_contacts
    union all
    select * from lead_conversions
)

select * from final
