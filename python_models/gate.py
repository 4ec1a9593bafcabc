from customer360.engine import connection, name_relation
from customer360.gates import Limits, check_gates


def model(dbt, session):
    dbt.config(materialized="table")
    con = connection(session)
    return check_gates(
        con,
        records=name_relation(con, dbt.ref("int_party_records"), "delivered_records"),
        membership=name_relation(con, dbt.ref("identity_membership"), "new_partition"),
        events=name_relation(con, dbt.source("registry", "gpid_events"), "former_events"),
        proposed=name_relation(con, dbt.ref("identity_proposed_events"), "proposed_events"),
        extracts=name_relation(con, dbt.ref("int_extract_counts"), "extract_counts"),
        recycled=name_relation(con, dbt.ref("identity_recycled_keys"), "recycled_keys"),
        limits=Limits(
            max_churn=dbt.config.get("max_churn"),
            max_cluster_records=dbt.config.get("max_cluster_records"),
            max_lost_share=dbt.config.get("max_lost_share"),
        ),
        overrides=dbt.config.get("override_gates"),
    )
