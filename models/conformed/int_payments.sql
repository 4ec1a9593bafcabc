-- One row per payment.
{{ union_adapters('payments') }}
{% if var('erased_facts') == 'delete' -%}
-- who paid without being the provider's customer was that of the order; those who were erased are
-- gone with their orders
where
    record_key is not null
    or order_key is null
    or order_key in (select order_key from {{ ref('int_orders') }})
{%- endif %}
