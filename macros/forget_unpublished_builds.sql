{% macro forget_unpublished_builds() %}
{% if is_incremental() %}
delete from {{ this }} where run_id in (
    select run_id from main.build_runs where not is_complete
)
{% endif %}
{% endmacro %}
