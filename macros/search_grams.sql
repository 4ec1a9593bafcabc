{% macro search_grams(term) -%}
case
    -- a Latin word by its letters in threes, and by which letters it has, whatever their order
    when regexp_matches({{ term }}, '^[ -~]{3,20}$') then list_append(
        list_distinct(list_transform(
            range(1, length({{ term }}) + 1), lambda i: substr(' ' || {{ term }} || ' ', i, 3)
        )),
        '=' || array_to_string(list_sort(string_split({{ term }}, '')), '')
    )
    -- words in other characters by their characters in twos
    when regexp_matches({{ term }}, '^[^ -~]{2,20}$') then list_distinct(list_transform(
        range(1, length({{ term }})), lambda i: substr({{ term }}, i, 2)
    ))
end
{%- endmacro %}
