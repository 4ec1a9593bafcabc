{% macro remember_landing() %}
{#- systems that are not connected now stay as they were -#}
create or replace table landing_raw.built_columns as
from landing_raw.source_columns
union all
from landing_raw.built_columns
anti join landing_raw.extracts using (source_system, source_instance, source_object);
create or replace table landing_raw.built_extracts as
select
    source_system,
    source_instance,
    source_object,
    cast(sum(physical_records) as bigint) as records
from landing_raw.deliveries
group by all
union all
from landing_raw.built_extracts
anti join landing_raw.extracts using (source_system, source_instance, source_object)
{% endmacro %}
