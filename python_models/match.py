from customer360.edges import MATCHED_COLUMNS, match_records
from customer360.engine import connection, former_table, name_relation
from customer360.matching.scoring import DuplicateFreeSources


def model(dbt, session):
    dbt.config(materialized="table")
    con = connection(session)
    return match_records(
        con,
        records=name_relation(con, dbt.ref("identity_comparison_records"), "all_records"),
        releases=name_relation(con, dbt.ref("identity_releases"), "releases"),
        release_id=f"release-{dbt.config.get('model_release')}",
        review_threshold=dbt.config.get("review_threshold_bits"),
        max_pairs_per_record=dbt.config.get("max_pairs_per_record"),
        duplicate_free=DuplicateFreeSources(
            dbt.config.get("duplicate_free_sources"), dbt.config.get("duplicate_free_bits")
        ),
        former=former_table(con, dbt.this, MATCHED_COLUMNS),
    )
