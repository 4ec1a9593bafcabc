{% macro numbered_local_parts(emails) -%}
{#- a mailbox name with two digits or more is somebody's own invention and moves with the person -#}
nullif(
    list_filter(
        list_transform({{ emails }}, lambda e: split_part(e, '@', 1)),
        lambda p: length(regexp_replace(p, '[^0-9]', '', 'g')) >= 2
    ),
    []
)
{%- endmacro %}
