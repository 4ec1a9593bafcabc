{% macro fact_keys() %}
{{ return({
    'orders': 'order_key',
    'order_lines': 'order_line_key',
    'carts': 'cart_key',
    'shipments': 'shipment_key',
    'shipment_events': 'shipment_event_key',
    'returns': 'return_line_key',
    'payments': 'payment_key',
    'opportunities': 'opportunity_key',
    'quotes': 'quote_key',
    'contracts': 'contract_key',
    'campaign_members': 'campaign_member_key',
    'campaign_influences': 'campaign_influence_key',
    'cases': 'case_key',
    'assets': 'asset_key',
    'entitlements': 'entitlement_key',
    'social_posts': 'post_key',
    'reviews': 'review_key',
    'appointments': 'appointment_key',
    'activities': 'activity_key',
}) }}
{% endmacro %}
