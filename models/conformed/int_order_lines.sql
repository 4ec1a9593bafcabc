-- One row per order line.
{{ union_adapters('order_lines') }}
{% if var('erased_facts') == 'delete' -%}
-- the orders of those who were erased are gone, and so are their lines
where order_key in (select order_key from {{ ref('int_orders') }})
{%- endif %}
