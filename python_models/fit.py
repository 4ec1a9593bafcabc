from customer360.engine import connection, name_relation
from customer360.releases import fit_missing_releases


def model(dbt, session):
    dbt.config(materialized="table")
    con = connection(session)
    return fit_missing_releases(
        con,
        records=name_relation(con, dbt.ref("identity_comparison_records"), "all_records"),
        releases=name_relation(con, dbt.source("registry", "model_releases"), "releases"),
        release_id=f"release-{dbt.config.get('model_release')}",
        max_pairs_per_record=dbt.config.get("max_pairs_per_record"),
    )
