-- One row per identifier type and comparable value that is nobody's own.
{% set own_forms = {
    'email': 'email(text).address',
    'birth_date': 'cast(birth_date(text) as varchar)',
    'national_id': normalize_identifier('text'),
    'domain': domain_of_url('text'),
    'person_name': written_name(
        'person_name(text, null, null, null).family', 'person_name(text, null, null, null).given'
    ),
    'organization_name': 'organization_name(text).name',
} %}
{% set types_with_a_form = own_forms.keys() | list + ['phone'] %}
with

placeholders as (
    select
        lower(trim(identifier_type)) as identifier_type,
        value as text
    from {{ ref('placeholder_values') }}
),

-- how a number is read depends on the country
countries as (
    select country(country_code) as country_code
    from {{ ref('int_party_records') }}
    union
    select null as country_code
),

comparable as (
    {% for type, form in own_forms.items() %}
    select
        identifier_type,
        {{ form }} as value
    from placeholders
    where identifier_type = '{{ type }}'
    union
    {% endfor %}
    select
        placeholders.identifier_type,
        phone(placeholders.text, countries.country_code) as value
    from placeholders
    cross join countries
    where placeholders.identifier_type = 'phone'
    union
    select
        identifier_type,
        lower(trim(text)) as value
    from placeholders
    where identifier_type not in (
        {% for type in types_with_a_form %}
        '{{ type }}'{{ ',' if not loop.last }}
        {% endfor %}
    )
),

final as (
    select identifier_type, value
    from comparable
    where value is not null
)

select * from final
