-- One row per flag that is set, record, and address or number that it is about.
with

flagged as (
    {%- for object in ['account', 'contact', 'lead'] %}
    select
        source_system,
        source_instance,
        source_object,
        source_key,
        record_key,
        emails,
        phones,
        country_code,
        updated_at,
        opted_out_of_email,
        do_not_call,
        {{ 'email_bounced' if object == 'contact' else 'false as email_bounced' }}
    from {{ ref('stg_sales_cloud__' ~ object) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    {{ opt_out_flags('flagged') }}
)

select * from final
