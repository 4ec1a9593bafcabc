from customer360.engine import connection, former_table, name_relation
from customer360.matching.scoring import DuplicateFreeSources
from customer360.partition import MEMBERSHIP_COLUMNS, cluster_records


def model(dbt, session):
    dbt.config(materialized="table")
    con = connection(session)
    return cluster_records(
        con,
        records=name_relation(con, dbt.ref("identity_comparison_records"), "all_records"),
        releases=name_relation(con, dbt.ref("identity_releases"), "releases"),
        release_id=f"release-{dbt.config.get('model_release')}",
        edges=name_relation(con, dbt.ref("identity_edges"), "scored_edges"),
        declared=name_relation(con, dbt.ref("identity_declared_edges"), "declared_edges"),
        rule_values=name_relation(con, dbt.ref("identity_rule_values"), "all_rule_values"),
        events=name_relation(con, dbt.source("registry", "gpid_events"), "former_events"),
        link_threshold=dbt.config.get("link_threshold_bits"),
        largest_component=dbt.config.get("max_component_records"),
        duplicate_free=DuplicateFreeSources(
            dbt.config.get("duplicate_free_sources"), dbt.config.get("duplicate_free_bits")
        ),
        former=former_table(con, dbt.this, MEMBERSHIP_COLUMNS),
    )
