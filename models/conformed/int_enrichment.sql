-- One row per delivered row of a provider and attribute that it tells.
with

delivered as (
    {{ union_adapters('enrichment') }}
),

-- a row that names somebody who was erased is passed over, and with it what the provider said of
-- the same subject under its own key alone
marked as (
    select
        *,
        coalesce(
            is_erased(subject_key)
            or is_erased_value(trim(email))
            or is_erased_value(email(email).address)
            or is_erased_value(trim(phone))
            or is_erased_value(phone(phone, country(country_code))),
            false
        ) as is_erased
    from delivered
),

erased_subjects as (
    select distinct provider, provider_key
    from marked
    where is_erased and provider_key is not null
),

final as (
    select marked.* exclude (is_erased)
    from marked
    left join erased_subjects
        on marked.provider = erased_subjects.provider
        and marked.provider_key = erased_subjects.provider_key
    where not marked.is_erased and erased_subjects.provider_key is null
)

select * from final
