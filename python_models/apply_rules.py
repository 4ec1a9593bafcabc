from customer360.engine import connection, name_relation
from customer360.rules import configured_rules, find_rule_values


def model(dbt, session):
    dbt.config(materialized="table")
    con = connection(session)
    return find_rule_values(
        con,
        records=name_relation(con, dbt.ref("identity_records"), "telling_records"),
        rules=configured_rules(dbt.config.get("deterministic_rules")),
    )
