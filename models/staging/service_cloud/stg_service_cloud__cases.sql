-- One row per case that is not deleted.
with

cases as (
    select
        *,
        {{ salesforce_id('Id') }} as case_id,
        {{ salesforce_id('ContactId') }} as contact_id,
        {{ salesforce_id('AccountId') }} as account_id
    from {{ source('service_cloud', 'case') }}
    where _status = 'accepted' and not _is_deleted
),

person_accounts as (
    select
        source_instance,
        person_contact_id,
        min(record_key) as record_key
    from {{ ref('stg_service_cloud__account') }}
    where person_contact_id is not null
    group by 1, 2
),

final as (
    select
        {{ record_key("'service_cloud'", 'cases._instance', "'case'", 'case_id') }} as case_key,
        -- the extracts hold no contacts: one that is no person account counts for its account
        coalesce(
            person_accounts.record_key,
            {{ record_key("'service_cloud'", 'cases._instance', "'account'", 'account_id') }}
        ) as record_key,
        'service_cloud' as source_system,
        cases._instance as source_instance,
        cases.CaseNumber as case_number,
        cases.Subject as subject,
        cases.Status as case_status,
        cases.Priority as priority,
        cases.Origin as origin,
        coalesce(cases.IsClosed, cases.ClosedDate is not null) as is_closed,
        cases.CreatedDate as opened_at,
        cases.ClosedDate as closed_at,
        -- an unverified claim: never a link
        cases.SuppliedEmail as supplied_email
    from cases
    left join person_accounts
        on cases._instance = person_accounts.source_instance
        and cases.contact_id = person_accounts.person_contact_id
)

select * from final
