{% macro is_family_mailbox(emails) -%}
{#- suzuki.family@ and familie.weber@ say themselves that several people read them -#}
coalesce(
    array_contains(list_transform(
        {{ emails }},
        lambda e: regexp_matches(
            split_part(e, '@', 1), 'famil(y|ie|le|ia)|famiglia|kazoku|household|haushalt'
        )
    ), true),
    false
)
{%- endmacro %}
