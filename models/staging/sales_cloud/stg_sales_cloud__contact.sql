-- One row per contact: a person, most often at an account.
with

contacts as (
    select
        *,
        {{ salesforce_id('Id') }} as contact_id,
        {{ record_key(
            "'sales_cloud'", '_instance', "'account'", salesforce_id('AccountId')
        ) }} as account_key
    from {{ source('sales_cloud', 'contact') }}
    where _status = 'accepted'
),

-- the account of a person account is the person, nobody's employer
employers as (
    select
        record_key,
        organization_name
    from {{ ref('stg_sales_cloud__account') }}
    where not is_person
),

final as (
    select
        {{ record_key("'sales_cloud'", '_instance', "'contact'", 'contact_id') }} as record_key,
        'sales_cloud' as source_system,
        contacts._instance as source_instance,
        'contact' as source_object,
        contacts.contact_id as source_key,
        'sales_cloud/' || contacts._instance || '/contact' as delivered_in,
        'person' as party_type,
        contacts.Name as full_name,
        contacts.FirstName as given_name,
        contacts.LastName as family_name,
        nullif(concat_ws(' ', contacts.LastNameKana__c, contacts.FirstNameKana__c), '')
            as name_reading,
        employers.organization_name,
        contacts.Birthdate as birth_date,
        contacts.GenderIdentity as gender,
        {{ list_without_nulls(['contacts.Email']) }} as emails,
        {{ list_without_nulls([
            'contacts.MobilePhone', 'contacts.HomePhone', 'contacts.Phone', 'contacts.OtherPhone'
        ]) }} as phones,
        contacts.MailingStreet as street_address,
        contacts.MailingCity as locality,
        coalesce(contacts.MailingStateCode, contacts.MailingState) as region,
        contacts.MailingPostalCode as postal_code,
        coalesce(contacts.MailingCountryCode, contacts.MailingCountry) as country_code,
        null as national_identifier,
        {{ identifier_list({}) }} as identifiers,
        null as birth_place,
        contacts.Title as occupation,
        contacts.CreatedDate as created_at,
        coalesce(contacts.LastModifiedDate, contacts.SystemModstamp) as updated_at,
        -- a merged row's id must still resolve, so it is a record like any other
        contacts._is_deleted and contacts.MasterRecordId is null as is_deleted,
        {{ record_key(
            "'sales_cloud'", 'contacts._instance', "'contact'",
            salesforce_id('contacts.MasterRecordId')
        ) }} as master_key,
        -- null for the contact that Salesforce keeps beside a person account
        employers.record_key as employer_key,
        coalesce(contacts.HasOptedOutOfEmail, false) as opted_out_of_email,
        coalesce(contacts.DoNotCall, false) as do_not_call,
        coalesce(contacts.IsEmailBounced, false) as email_bounced
    from contacts
    left join employers
        on contacts.account_key = employers.record_key
)

select * from final
