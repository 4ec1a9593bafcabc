-- One row per pair of records that a subscriber key declares to be the same party.
with

subscribers as (
    select * from {{ ref('stg_marketing_cloud__subscriber') }}
),

contacts as (
    select * from {{ ref('stg_marketing_cloud__contact') }}
),

keyed as (
    select record_key, source_key, delivered_in, created_at from subscribers
    union all
    select record_key, source_key, delivered_in, created_at from contacts
),

classified as (
    select
        *,
        {{ salesforce_object('source_key') }} as crm_object,
        {{ salesforce_id('source_key') }} as crm_id
    from keyed
),

-- a key that is the id of a CRM record; an e-mail address or any other key names none
crm_records as (
    select
        record_key as record_key_a,
        '{{ var("marketing_cloud_crm") }}/' || crm_object || '/' || crm_id as record_key_b,
        'subscriber_key' as link_type,
        delivered_in as declared_by,
        created_at as declared_at
    from classified
    where crm_object in ('contact', 'lead', 'account')
),

same_key as (
    select
        contacts.record_key as record_key_a,
        subscribers.record_key as record_key_b,
        'subscriber_key' as link_type,
        contacts.delivered_in as declared_by,
        contacts.created_at as declared_at
    from contacts
    inner join subscribers
        on contacts.source_instance = subscribers.source_instance
        and contacts.source_key = subscribers.source_key
),

final as (
    select * from crm_records
    union all
    select * from same_key
)

select * from final
