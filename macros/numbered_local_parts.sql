{% macro numbered_local_parts(emails, family_keys, given_keys) -%}
{#- a mailbox name with two digits or more is somebody's own invention and moves with the person;
    one that consists of a name and digits is the name again, often with the birthday behind it -#}
nullif(
    list_filter(
        list_transform({{ emails }}, lambda e: split_part(e, '@', 1)),
        lambda p:
            length(regexp_replace(p, '[^0-9]', '', 'g')) >= 2
            and not list_contains(
                list_concat(
                    coalesce({{ family_keys }}, []),
                    coalesce({{ given_keys }}, []),
                    [
                        '',
                        {{ family_keys }}[1] || {{ given_keys }}[1],
                        {{ given_keys }}[1] || {{ family_keys }}[1],
                        left({{ given_keys }}[1], 1) || {{ family_keys }}[1]
                    ]
                ),
                regexp_replace(p, '[^a-z]', '', 'g')
            )
    ),
    []
)
{%- endmacro %}
