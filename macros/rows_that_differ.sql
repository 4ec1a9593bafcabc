{% macro rows_that_differ(one, other) -%}
(
        select * from {{ one }}
        except
        select * from {{ other }}
    )
    union all
    (
        select * from {{ other }}
        except
        select * from {{ one }}
    )
{%- endmacro %}
