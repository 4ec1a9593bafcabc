{% macro start_run() %}
create table if not exists main.build_runs (
    run_number bigint,
    run_id varchar,
    started_at timestamp,
    ended_at timestamp,
    inputs_fingerprint varchar,
    registry_state varchar,
    has_written boolean,
    is_complete boolean
);
create table if not exists main.model_states (
    model varchar,
    made_of varchar,
    content varchar
);
insert into main.build_runs
select
    coalesce(max(run_number), 0) + 1,
    '{{ invocation_id }}',
    cast('{{ run_started_at.replace(tzinfo=none) }}' as timestamp),
    null,
    getvariable('inputs_fingerprint'),
    null,
    null,
    false
from main.build_runs
{% endmacro %}
