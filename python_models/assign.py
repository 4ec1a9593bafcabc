from datetime import UTC, datetime

from customer360.assignment import Commit, propose_events
from customer360.engine import connection, name_relation, run_id


def model(dbt, session):
    dbt.config(materialized="table")
    con = connection(session)
    # the head is read from the registry itself
    dbt.source("registry", "gpid_events")
    return propose_events(
        con,
        name_relation(con, dbt.ref("identity_membership"), "new_partition"),
        Commit(
            run_id=run_id(con),
            actor=dbt.config.get("actor"),
            at=datetime.now(UTC).replace(tzinfo=None),
        ),
        recycled=name_relation(
            con,
            dbt.ref("identity_recycled_keys").filter("outcome = 'new incarnation'"),
            "newly_recycled",
        ),
    )
