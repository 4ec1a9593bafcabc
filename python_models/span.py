from customer360.engine import connection, former_table, name_relation
from customer360.party_tree import TREE_COLUMNS, party_trees


def model(dbt, session):
    dbt.config(materialized="table")
    con = connection(session)
    return party_trees(
        con,
        membership=name_relation(con, dbt.ref("identity_membership"), "memberships"),
        edges=name_relation(con, dbt.ref("identity_edges"), "scored_edges"),
        declared=name_relation(con, dbt.ref("identity_declared_edges"), "declared_edges"),
        link_threshold=dbt.config.get("link_threshold_bits"),
        former=former_table(con, dbt.this, TREE_COLUMNS),
    )
