from customer360.engine import connection, name_relation
from customer360.weights import release_weights


def model(dbt, session):
    dbt.config(materialized="table")
    con = connection(session)
    return release_weights(
        con,
        releases=name_relation(con, dbt.ref("identity_releases"), "releases"),
        release_id=f"release-{dbt.config.get('model_release')}",
    )
