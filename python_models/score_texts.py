from customer360.engine import connection, name_relation
from customer360.insight.texts import score_texts


def model(dbt, session):
    dbt.config(materialized="table")
    con = connection(session)
    return score_texts(con, texts=name_relation(con, dbt.ref("insight_texts"), "texts_to_read"))
