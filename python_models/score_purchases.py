from customer360.engine import connection, name_relation
from customer360.insight.purchases import score_purchases


def model(dbt, session):
    dbt.config(materialized="table")
    con = connection(session)
    return score_purchases(
        con, history=name_relation(con, dbt.ref("purchase_history"), "purchase_history_rows")
    )
