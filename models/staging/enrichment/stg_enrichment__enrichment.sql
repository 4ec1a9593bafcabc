-- One row per delivered row of a provider and attribute that it tells.
with

demographics as (
    select
        {{ record_key("'enrichment'", '_instance', "'demographics'", 'row_id') }}
            as enrichment_key,
        _instance as source_instance,
        provider,
        provider_key,
        'person' as party_type,
        record_key as subject_key,
        email,
        phone,
        country_code,
        null as corporate_number,
        null as domain,
        null as currency_code,
        as_of,
        unnest([
            {%- for attribute in [
                'household_income_band', 'occupation', 'education', 'children', 'home_ownership',
                'birth_year'
            ] %}
            {
                'attribute': '{{ attribute }}',
                'value': cast({{ attribute }} as varchar)
            }{{ "," if not loop.last }}
            {%- endfor %}
        ]) as told
    from {{ source('enrichment', 'demographics') }}
    where _status = 'accepted' and not _is_deleted
),

firmographics as (
    select
        {{ record_key("'enrichment'", '_instance', "'firmographics'", 'row_id') }}
            as enrichment_key,
        _instance as source_instance,
        provider,
        provider_key,
        'organization' as party_type,
        record_key as subject_key,
        null as email,
        phone,
        country_code,
        corporate_number,
        domain,
        currency as currency_code,
        as_of,
        unnest([
            {%- for attribute, column in {
                'corporate_number': 'registered_number', 'industry': 'industry',
                'employees': 'employees', 'revenue': 'revenue'
            }.items() %}
            {
                'attribute': '{{ attribute }}',
                'value': cast({{ column }} as varchar)
            }{{ "," if not loop.last }}
            {%- endfor %}
        ]) as told
    from {{ source('enrichment', 'firmographics') }}
    where _status = 'accepted' and not _is_deleted
),

delivered as (
    select * from demographics
    union all
    select * from firmographics
),

final as (
    select
        enrichment_key,
        'enrichment' as source_system,
        source_instance,
        provider,
        provider_key,
        party_type,
        subject_key,
        email,
        phone,
        country_code,
        corporate_number,
        domain,
        told['attribute'] as attribute,
        told['value'] as value,
        case when told['attribute'] = 'revenue' then currency_code end as currency_code,
        as_of
    from delivered
    where told['value'] is not null
)

select * from final
