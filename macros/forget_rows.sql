{% macro forget_rows(keys, present) %}
{% if is_incremental() %}
delete from {{ this }} as known
where
    made_by <> getvariable('code_fingerprint')
    or not exists (
        select 1
        from ({{ present }}) as present
        where
            {%- for key in keys %}
            present.{{ key }} is not distinct from known.{{ key }}{{ " and" if not loop.last }}
            {%- endfor %}
    )
{% endif %}
{% endmacro %}
