from customer360.engine import connection, home, run_id
from customer360.registry_log import append_as_table


def model(dbt, session):
    dbt.config(materialized="table")
    # after everything that writes to the registry
    dbt.ref("gate_overrides")
    dbt.ref("generic_value_events")
    dbt.ref("gpid_events")
    dbt.ref("model_releases")
    dbt.ref("record_identity_log")
    dbt.ref("release_frequencies")
    dbt.ref("steward_decision_log")
    con = connection(session)
    return append_as_table(con, home(con), run_id=run_id(con))
