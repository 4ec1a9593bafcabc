-- One row per account: an organization, or a person where person accounts are on.
with

accounts as (
    select
        *,
        {{ salesforce_id('Id') }} as account_id,
        coalesce(IsPersonAccount, false) as is_person,
        -- one address is taken whole, never mixed from several
        case
            when
                IsPersonAccount
                and coalesce(PersonMailingStreet, PersonMailingCity, PersonMailingPostalCode)
                is not null
                then 'PersonMailing'
            when coalesce(BillingStreet, BillingCity, BillingPostalCode) is not null
                then 'Billing'
            else 'Shipping'
        end as address_used
    from {{ source('sales_cloud', 'account') }}
    where _status = 'accepted'
),

final as (
    select
        {{ record_key("'sales_cloud'", '_instance', "'account'", 'account_id') }} as record_key,
        'sales_cloud' as source_system,
        _instance as source_instance,
        'account' as source_object,
        account_id as source_key,
        'sales_cloud/' || _instance || '/account' as delivered_in,
        case when is_person then 'person' else 'organization' end as party_type,
        case when is_person then Name end as full_name,
        case when is_person then FirstName end as given_name,
        case when is_person then LastName end as family_name,
        case
            when is_person
                then nullif(concat_ws(' ', LastNameKana__pc, FirstNameKana__pc), '')
        end as name_reading,
        case when not is_person then Name end as organization_name,
        case when is_person then PersonBirthdate end as birth_date,
        case when is_person then PersonGenderIdentity end as gender,
        case
            when is_person then {{ list_without_nulls(['PersonEmail']) }}
            else {{ list_without_nulls([]) }}
        end as emails,
        case
            when is_person then {{ list_without_nulls(
                ['PersonMobilePhone', 'PersonHomePhone', 'Phone', 'PersonOtherPhone']
            ) }}
            else {{ list_without_nulls(['Phone']) }}
        end as phones,
        {%- for part, column in {
            'Street': 'street_address', 'City': 'locality', 'PostalCode': 'postal_code'
        }.items() %}
        case address_used
            {%- for address in ['PersonMailing', 'Billing', 'Shipping'] %}
            when '{{ address }}' then {{ address }}{{ part }}
            {%- endfor %}
        end as {{ column }},
        {%- endfor %}
        {%- for part, column in {'State': 'region', 'Country': 'country_code'}.items() %}
        case address_used
            {%- for address in ['PersonMailing', 'Billing', 'Shipping'] %}
            when '{{ address }}'
                then coalesce({{ address }}{{ part }}Code, {{ address }}{{ part }})
            {%- endfor %}
        end as {{ column }},
        {%- endfor %}
        null as national_identifier,
        {{ identifier_list({'website': 'Website'}) }} as identifiers,
        null as birth_place,
        case when is_person then PersonTitle end as occupation,
        CreatedDate as created_at,
        coalesce(LastModifiedDate, SystemModstamp) as updated_at,
        -- a merged row's id must still resolve, so it is a record like any other
        _is_deleted and MasterRecordId is null as is_deleted,
        is_person,
        {{ record_key(
            "'sales_cloud'", '_instance', "'account'", salesforce_id('MasterRecordId')
        ) }} as master_key,
        {{ record_key("'sales_cloud'", '_instance', "'account'", salesforce_id('ParentId')) }}
            as parent_key,
        case when is_person then {{ salesforce_id('PersonContactId') }} end as person_contact_id,
        coalesce(is_person and PersonHasOptedOutOfEmail, false) as opted_out_of_email,
        coalesce(is_person and PersonDoNotCall, false) as do_not_call
    from accounts
)

select * from final
