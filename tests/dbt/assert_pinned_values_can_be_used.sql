-- Every row of the seed pinned_values, and of a connected tool, can be understood. One that cannot
-- stops the build before anything is published, and the message names it.
{{
    config(
        fail_calc="case when count(*) = 0 then 0 else error("
        ~ "'pinned values that cannot be used: ' || string_agg(row_text, ' | '))"
        ~ " end"
    )
}}
select
    delivered_in
    || ', ' || concat_ws(', ', record_key, attribute, cast(decided_at as varchar))
    || ': ' || problem as row_text
from {{ ref('int_pinned_values') }}
where problem is not null
