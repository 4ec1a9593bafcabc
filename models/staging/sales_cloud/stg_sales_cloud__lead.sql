-- One row per lead: a person who is not yet a customer, or became one by conversion.
with

leads as (
    select
        *,
        {{ salesforce_id('Id') }} as lead_id
    from {{ source('sales_cloud', 'lead') }}
    where _status = 'accepted'
),

final as (
    select
        {{ record_key("'sales_cloud'", '_instance', "'lead'", 'lead_id') }} as record_key,
        'sales_cloud' as source_system,
        _instance as source_instance,
        'lead' as source_object,
        lead_id as source_key,
        'sales_cloud/' || _instance || '/lead' as delivered_in,
        'person' as party_type,
        Name as full_name,
        FirstName as given_name,
        LastName as family_name,
        nullif(concat_ws(' ', LastNameKana__c, FirstNameKana__c), '') as name_reading,
        Company as organization_name,
        null as birth_date,
        GenderIdentity as gender,
        {{ list_without_nulls(['Email']) }} as emails,
        {{ list_without_nulls(['MobilePhone', 'Phone']) }} as phones,
        Street as street_address,
        City as locality,
        coalesce(StateCode, State) as region,
        PostalCode as postal_code,
        coalesce(CountryCode, Country) as country_code,
        null as national_identifier,
        -- the website is the employer's
        {{ identifier_list({}) }} as identifiers,
        null as birth_place,
        Title as occupation,
        CreatedDate as created_at,
        coalesce(LastModifiedDate, SystemModstamp) as updated_at,
        -- a merged row's id must still resolve, so it is a record like any other
        _is_deleted and MasterRecordId is null as is_deleted,
        {{ record_key("'sales_cloud'", '_instance', "'lead'", salesforce_id('MasterRecordId')) }}
            as master_key,
        {{ salesforce_id('ConvertedContactId') }} as converted_contact_id,
        {{ record_key(
            "'sales_cloud'", '_instance', "'account'", salesforce_id('ConvertedAccountId')
        ) }} as converted_account_key,
        ConvertedDate as converted_at,
        coalesce(HasOptedOutOfEmail, false) as opted_out_of_email,
        coalesce(DoNotCall, false) as do_not_call
    from leads
)

select * from final
