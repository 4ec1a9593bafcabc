{% macro remember_landing() %}
{#- systems that are not connected now stay as they were -#}
create or replace table landing_raw.built_columns as
from landing_raw.source_columns
union all
from landing_raw.built_columns
anti join landing_raw.extracts using (source_system, source_instance, source_object);
insert into landing_raw.built_extracts
select
    (select coalesce(max(build), 0) + 1 from landing_raw.built_extracts),
    source_system,
    source_instance,
    source_object,
    cast(sum(physical_records) as bigint)
from landing_raw.deliveries
group by all
{% endmacro %}
