from datetime import UTC, datetime

from customer360.engine import connection, home, run_id
from customer360.publication import publish


def model(dbt, session):
    dbt.config(materialized="table")
    tables = {
        "dim_party": dbt.ref("dim_party"),
        "bridge_party_source": dbt.ref("bridge_party_source"),
        "gpid_redirect": dbt.ref("gpid_redirect"),
        "gpid_history": dbt.ref("gpid_history"),
        "party_attribute_source": dbt.ref("party_attribute_source"),
        "party_contact_point": dbt.ref("party_contact_point"),
        "party_relationship": dbt.ref("party_relationship"),
        "party_consent": dbt.ref("party_consent"),
        "contact_point_consent": dbt.ref("contact_point_consent"),
        "consent_events": dbt.ref("consent_events"),
        "party_suppression": dbt.ref("party_suppression"),
        "suppressions": dbt.ref("suppressions"),
        "party_360": dbt.ref("party_360"),
        "audience_marketing": dbt.ref("audience_marketing"),
        "audience_service": dbt.ref("audience_service"),
        "audience_research": dbt.ref("audience_research"),
        "sales_open_cases": dbt.ref("sales_open_cases"),
        "service_case_context": dbt.ref("service_case_context"),
        "marketing_pipeline": dbt.ref("marketing_pipeline"),
        "lead_journey": dbt.ref("lead_journey"),
        "segment_sizes": dbt.ref("segment_sizes"),
        "segment_size_history": dbt.ref("segment_size_history"),
        "segment_overlap": dbt.ref("segment_overlap"),
        "fct_orders": dbt.ref("fct_orders"),
        "fct_order_lines": dbt.ref("fct_order_lines"),
        "fct_opportunities": dbt.ref("fct_opportunities"),
        "fct_cases": dbt.ref("fct_cases"),
        "fct_activities": dbt.ref("fct_activities"),
        "identity_edges": dbt.ref("identity_edges"),
        "identity_declared_edges": dbt.ref("identity_declared_edges"),
        "identity_cut_links": dbt.ref("identity_cut_links"),
        "identity_clusters": dbt.ref("party_health"),
        "identity_party_tree": dbt.ref("identity_party_tree"),
        "identity_review_queue": dbt.ref("review_queue"),
        "identity_quality": dbt.ref("identity_quality"),
        "identity_quality_strata": dbt.ref("identity_quality_strata"),
        "identity_decisions": dbt.ref("identity_decisions"),
        "identity_generic_values": dbt.ref("identity_generic_values"),
        "source_readiness": dbt.ref("source_readiness"),
        "source_overlap": dbt.ref("source_overlap"),
        "source_expectation_results": dbt.ref("source_expectation_results"),
        "source_columns": dbt.ref("source_columns"),
        "source_reconciliation": dbt.ref("source_reconciliation"),
        "identity_health": dbt.ref("identity_health"),
        "source_reconciliation_history": dbt.ref("source_reconciliation_history"),
        "quarantined_records": dbt.ref("quarantined_records"),
        "rejected_values": dbt.ref("rejected_values"),
        "privacy_audit": dbt.ref("privacy_audit"),
        "privacy_request_status": dbt.ref("privacy_request_status"),
    }
    # what is published can be restored
    dbt.ref("log_registry")
    con = connection(session)
    return publish(
        con,
        home=home(con),
        tables=tables,
        personal_keys=dbt.config.get("personal_keys"),
        run_id=run_id(con),
        at=datetime.now(UTC).replace(tzinfo=None),
        settings=dbt.config.get("settings"),
    )
