from datetime import UTC, datetime

from customer360.decisions import resolve_decisions
from customer360.engine import connection, name_relation


def model(dbt, session):
    dbt.config(materialized="table")
    con = connection(session)
    return resolve_decisions(
        con,
        decisions=name_relation(con, dbt.ref("int_steward_decisions"), "written_decisions"),
        records=name_relation(con, dbt.ref("identity_records"), "known_records"),
        now=datetime.now(UTC).replace(tzinfo=None),
    )
