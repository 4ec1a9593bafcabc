"""Access: everything that is held about one party, for the person who asks for it.

A folder with a page to read, the same as JSON, and one CSV file per table. It is personal data of
one person: keys of other people's records are taken out of it.
"""

import csv
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import IO, Any

import duckdb
import jinja2

from customer360 import erasure
from customer360.keys import IdKey, is_valid_gpid
from customer360.landing.spec import TableSpec, load_system
from customer360.landing.sql import literal, name
from customer360.publication import BOOKKEEPING
from customer360.registry import DATABASE
from customer360.spreadsheets import cell

ACCESS_FOLDER = "access"
PAGE, DATA = "index.html", "data.json"

Row = dict[str, Any]


class AccessError(RuntimeError):
    """Nothing can be written about the subject; the message says why and what to do."""


class Section(StrEnum):
    """The chapters of the page, in their order."""

    WHO = "Who you are to us"
    PROFILE = "What follows from it about you"
    SOURCES = "What each system holds"
    CONTACT = "What you have allowed, and what is suppressed"
    RECIPIENTS = "Who receives data, and what for"
    JOINED = "Why these records are taken for yours, and who decided"
    HANDLED = "Your requests, and what was done"


@dataclass(frozen=True)
class Part:
    """A table of which an export has the rows of one party.

    Attributes:
        section: where the page has it.
        title: what the rows are, to the person.
        condition: SQL that is true for the rows of the party.
        query: what to read instead of the table alone.

    """

    section: Section
    title: str
    condition: str
    query: str | None = None


_RECORDS = "(select record_key from its_records)"
_GPIDS = "(select gpid from its_gpids)"
_KEYS = "(select key from its_keys)"
_POINTS = "(select contact_point_type, contact_point from its_contact_points)"

_BY_GPID = f"gpid in {_GPIDS}"
_BY_RECORD = f"record_key in {_RECORDS}"
_BY_EITHER = f"({_BY_GPID} or {_BY_RECORD})"
_BY_BOTH_RECORDS = f"record_key_a in {_RECORDS} and record_key_b in {_RECORDS}"
_BY_ONE_RECORD = f"(record_key_a in {_RECORDS} or record_key_b in {_RECORDS})"
_BY_POINT = f"(contact_point_type, contact_point) in {_POINTS}"
# what somebody else said of an address that both use is not the party's
_SAID_BY_NOBODY_ELSE = f"(record_key is null or {_BY_RECORD})"

# by schema and table of the warehouse, or of the registry
EXPORTED: Mapping[str, Part] = {
    "marts.dim_party": Part(Section.WHO, "The values that stand for you", _BY_GPID),
    "marts.party_attribute_source": Part(
        Section.WHO,
        "Where each of these values comes from",
        _BY_GPID,
        "select chosen.*, records.delivered_in from marts.party_attribute_source as chosen"
        " left join conformed.int_party_records as records using (record_key)",
    ),
    "marts.party_attribute_candidates": Part(
        Section.WHO, "All values that your records offer", _BY_GPID
    ),
    "marts.pinned_values_status": Part(
        Section.WHO, "Values that our staff set by hand", f"({_BY_GPID} or {_BY_RECORD})"
    ),
    "marts.party_contact_point": Part(Section.WHO, "Your contact points", _BY_GPID),
    "marts.party_identifiers": Part(Section.WHO, "By which identifiers you are found", _BY_GPID),
    "marts.party_search_terms": Part(Section.WHO, "By which words you are found", _BY_GPID),
    "marts.party_relationship": Part(Section.WHO, "Your relationships", _BY_GPID),
    "marts.party_360": Part(Section.PROFILE, "What is looked at first", _BY_GPID),
    "marts.segment_members": Part(Section.PROFILE, "Segments that you are in", _BY_GPID),
    "marts.segment_changes": Part(Section.PROFILE, "When you came into them and left", _BY_GPID),
    "marts.lead_journey": Part(Section.PROFILE, "How sales came to you", _BY_EITHER),
    "marts.service_case_context": Part(
        Section.PROFILE, "What service sees beside a case", _BY_GPID
    ),
    "marts.marketing_pipeline": Part(
        Section.PROFILE, "What marketing sees beside an opportunity", _BY_GPID
    ),
    "marts.party_rfm": Part(
        Section.PROFILE, "How recently, how often and how much you buy", _BY_GPID
    ),
    "marts.party_lifetime_value": Part(
        Section.PROFILE, "What you have spent, and are expected to", _BY_GPID
    ),
    "marts.party_churn_risk": Part(Section.PROFILE, "How likely you are to have left", _BY_GPID),
    "marts.party_next_product": Part(Section.PROFILE, "Products that may suit you", _BY_GPID),
    "marts.party_lookalike": Part(
        Section.PROFILE,
        "How much you are like frequent customers",
        _BY_GPID,
        # whom they are like is somebody else
        query="select * exclude (best_gpid) from marts.party_lookalike",
    ),
    "marts.party_preferred_channel": Part(
        Section.PROFILE, "When and how you prefer to be in touch", _BY_GPID
    ),
    "marts.party_contact_fatigue": Part(
        Section.PROFILE, "Whether you read what is sent to you", _BY_GPID
    ),
    "marts.unusual_transactions": Part(Section.PROFILE, "Orders that are unlike others", _BY_GPID),
    "marts.text_sentiment": Part(Section.PROFILE, "How what you wrote sounds", _BY_GPID),
    "marts.case_topics": Part(Section.PROFILE, "What your cases are about", _BY_GPID),
    "marts.pipeline_forecast": Part(Section.PROFILE, "How likely an opportunity is won", _BY_GPID),
    "marts.lead_routing": Part(
        Section.PROFILE,
        "Who looks after you as a lead",
        _BY_GPID,
        query="select * exclude (known_gpid) from marts.lead_routing",
    ),
    "marts.appointment_no_show_risk": Part(
        Section.PROFILE, "How likely you come to an appointment", _BY_GPID
    ),
    "marts.next_best_action": Part(Section.PROFILE, "What is proposed to do", _BY_GPID),
    "marts.organization_links": Part(Section.WHO, "Companies above yours", _BY_GPID),
    "marts.organization_rollup": Part(Section.WHO, "Your group of companies", _BY_GPID),
    "marts.household_member": Part(
        Section.WHO,
        "Your household",
        _BY_GPID,
        "select members.*, households.* exclude (household_id, head_gpid)"
        " from marts.household_member as members"
        " inner join marts.dim_household as households using (household_id)",
    ),
    "marts.anonymous_identity_windows": Part(
        Section.SOURCES, "Devices that are taken for yours", _BY_GPID
    ),
    "marts.bridge_party_source": Part(Section.SOURCES, "Records that are yours", _BY_RECORD),
    "conformed.int_party_records": Part(Section.SOURCES, "What the records say", _BY_RECORD),
    "marts.rejected_values": Part(
        Section.SOURCES,
        "Values that could not be read",
        f"concat_ws('/', source_system, source_instance, source_object, source_key) in {_KEYS}",
    ),
    "marts.quarantined_records": Part(
        Section.SOURCES,
        "Rows in quarantine that name you",
        f"({_BY_RECORD} or list_has_any(list_transform(regexp_split_to_array(payload,"
        " '[\",;\\t{}\\[\\]]'), lambda piece: trim(piece)), (select list(text) from its_texts)))",
    ),
    "marts.fct_orders": Part(Section.SOURCES, "Orders", _BY_EITHER),
    "marts.fct_order_lines": Part(Section.SOURCES, "Lines of orders", _BY_EITHER),
    "marts.fct_carts": Part(Section.SOURCES, "Carts", _BY_EITHER),
    "marts.fct_shipments": Part(Section.SOURCES, "Parcels", _BY_EITHER),
    "marts.fct_shipment_events": Part(Section.SOURCES, "Where your parcels were", _BY_EITHER),
    "marts.fct_returns": Part(Section.SOURCES, "Returns and refunds", _BY_EITHER),
    "marts.fct_payments": Part(Section.SOURCES, "Payments", _BY_EITHER),
    "marts.fct_cases": Part(Section.SOURCES, "Cases", _BY_EITHER),
    "marts.fct_assets": Part(Section.SOURCES, "Products that you own", _BY_EITHER),
    "marts.fct_entitlements": Part(Section.SOURCES, "Warranties and support", _BY_EITHER),
    "marts.fct_opportunities": Part(Section.SOURCES, "Opportunities", _BY_EITHER),
    "marts.fct_quotes": Part(Section.SOURCES, "Quotes", _BY_EITHER),
    "marts.fct_contracts": Part(Section.SOURCES, "Contracts", _BY_EITHER),
    "marts.fct_campaign_members": Part(Section.SOURCES, "Campaigns that you were in", _BY_EITHER),
    "marts.fct_campaign_influences": Part(
        Section.SOURCES, "Campaigns that led to opportunities", _BY_EITHER
    ),
    "marts.fct_activities": Part(Section.SOURCES, "Activities", _BY_EITHER),
    "marts.fct_social_posts": Part(Section.SOURCES, "Posts, reactions and follows", _BY_EITHER),
    "marts.fct_reviews": Part(Section.SOURCES, "Reviews", _BY_EITHER),
    "marts.fct_appointments": Part(Section.SOURCES, "Appointments", _BY_EITHER),
    "marts.fct_enrichment": Part(Section.SOURCES, "What data providers say of you", _BY_GPID),
    "marts.customer_months": Part(Section.WHO, "Months in which you were a customer", _BY_GPID),
    "marts.party_consent": Part(Section.CONTACT, "What you allow, by purpose", _BY_GPID),
    "marts.contact_point_consent": Part(
        Section.CONTACT, "What is allowed, by contact point", _BY_POINT
    ),
    "marts.consent_events": Part(
        Section.CONTACT,
        "What was said about it, and when",
        f"(({_BY_POINT} and {_SAID_BY_NOBODY_ELSE}) or {_BY_RECORD})",
    ),
    "marts.party_suppression": Part(Section.CONTACT, "Suppressions that reach you", _BY_GPID),
    "marts.suppressions": Part(
        Section.CONTACT,
        "Suppressions as they were placed",
        f"({_BY_GPID} or {_BY_RECORD} or {_BY_POINT})",
    ),
    "seeds.data_recipients": Part(Section.RECIPIENTS, "Recipients", "true"),
    "marts.party_health": Part(Section.JOINED, "How well the records hold together", _BY_GPID),
    "identity.identity_declared_edges": Part(
        Section.JOINED, "Links that the systems declare", _BY_BOTH_RECORDS
    ),
    "identity.identity_edges": Part(
        Section.JOINED, "What two of your records have in common", _BY_BOTH_RECORDS
    ),
    "identity.identity_cut_links": Part(
        Section.JOINED, "Links that were not followed", _BY_ONE_RECORD
    ),
    "identity.identity_doubts": Part(
        Section.JOINED, "Questions to data stewards about your records", _BY_ONE_RECORD
    ),
    "identity.identity_rule_values": Part(
        Section.JOINED, "Values by which rules decided", _BY_RECORD
    ),
    "identity.identity_recycled_keys": Part(
        Section.JOINED, "Records whose key came to stand for somebody else", _BY_RECORD
    ),
    "registry.steward_decision_log": Part(
        Section.JOINED, "Decisions of data stewards about your records", _BY_ONE_RECORD
    ),
    "seeds.recycled_key_decisions": Part(
        Section.JOINED, "Decisions about records whose key changed hands", _BY_RECORD
    ),
    "registry.gpid_events": Part(
        Section.JOINED,
        "The history of your id",
        f"({_BY_GPID} or other_gpid in {_GPIDS} or {_BY_RECORD})",
    ),
    "marts.gpid_redirect": Part(Section.JOINED, "Former ids of yours", f"retired_gpid in {_GPIDS}"),
    "conformed.int_privacy_requests": Part(Section.HANDLED, "Requests", f"subject in {_KEYS}"),
    "marts.privacy_request_status": Part(Section.HANDLED, "How far they are", _BY_GPID),
    "registry.privacy_audit": Part(Section.HANDLED, "What was done", _BY_GPID),
}

# the tables that carry a GPID or a record key, and why an export has none of their rows
_TO_COMPARE = "made of the record's values, which are exported, to compare records"
_FACES = "the rows of a table that is exported, before or after it"
_OF_OTHERS = "it sets the party beside other people; what is about it alone is exported"
NOT_EXPORTED: Mapping[str, str] = {
    "conformed.int_party_identifiers": _TO_COMPARE,
    "conformed.int_party_record_contacts": _TO_COMPARE,
    "conformed.int_party_records_standardised": _TO_COMPARE,
    "identity.identity_comparison_records": _TO_COMPARE,
    "identity.identity_record_marks": _TO_COMPARE,
    "identity.identity_records": _TO_COMPARE,
    "identity.match": _TO_COMPARE,
    "registry.record_identity_log": _TO_COMPARE,
    "conformed.int_activities": _FACES,
    "conformed.int_appointments": _FACES,
    "conformed.int_assets": _FACES,
    "conformed.int_campaign_influences": _FACES,
    "conformed.int_campaign_members": _FACES,
    "conformed.int_carts": _FACES,
    "conformed.int_cases": _FACES,
    "conformed.int_consent_events": _FACES,
    "conformed.int_contact_suppressions": _FACES,
    "conformed.int_declared_links": _FACES,
    "conformed.int_identity_signals": _FACES,
    "conformed.int_contracts": _FACES,
    "conformed.int_entitlements": _FACES,
    "conformed.int_fact_activities": _FACES,
    "conformed.int_opportunities": _FACES,
    "conformed.int_organization_parents": _FACES,
    "conformed.int_orders": _FACES,
    "conformed.int_payments": _FACES,
    "conformed.int_quotes": _FACES,
    "conformed.int_relationships": _FACES,
    "conformed.int_contact_point_events": _FACES,
    "conformed.int_pinned_values": _FACES,
    "conformed.int_written_pins": _FACES,
    "conformed.int_reviews": _FACES,
    "conformed.int_social_posts": _FACES,
    "conformed.int_returns": _FACES,
    "conformed.int_shipment_events": _FACES,
    "conformed.int_shipments": _FACES,
    "conformed.int_steward_decisions": _FACES,
    "identity.apply_rules": _FACES,
    "identity.assign": _FACES,
    "identity.decide": _FACES,
    "identity.identity_decisions": _FACES,
    "identity.identity_proposed_events": _FACES,
    "identity.privacy_audit": _FACES,
    "marts.dim_household": "of several people; household_member has what is about one",
    "marts.organization_hierarchy": "pairs of companies; organization_links has what is about one",
    "marts.audience_marketing": _FACES,
    "marts.audience_members": "members of segments and consent, both of which are exported",
    "marts.audience_research": _FACES,
    "marts.audience_service": _FACES,
    "marts.gpid_history": _FACES,
    "marts.gpid_redirect_history": _FACES,
    "marts.enrichment_subjects": _FACES,
    "marts.party_enrichment": _FACES,
    "marts.account_members": "in party_relationship",
    "marts.party_inputs": "a hash per party: whether its values changed since the last build",
    "marts.party_contact_values": _FACES,
    "marts.record_contact_points": _FACES,
    "marts.record_parties": _FACES,
    "marts.churn_scores": _FACES,
    "marts.insight_texts": _FACES,
    "marts.next_product_candidates": _FACES,
    "marts.party_signals": _FACES,
    "marts.customer_features": _OF_OTHERS,
    "marts.no_show_rates": _FACES,
    "marts.purchase_gaps": _FACES,
    "marts.purchase_history": _FACES,
    "marts.purchase_scores": _FACES,
    "marts.score_purchases": _FACES,
    "marts.stated_consent": _FACES,
    "marts.suppressed_records": _FACES,
    "seeds.contact_suppressions": _FACES,
    "seeds.pinned_values": _FACES,
    "seeds.privacy_requests": _FACES,
    "seeds.steward_decisions": _FACES,
    "conformed.int_known_parties": "a sample that measures the quality of matching",
    "identity.cluster": "which records belong together in this build; the bridge says it",
    "identity.identity_clusters": "party_health has the same by GPID",
    "identity.identity_membership": "which records belong together; the bridge says it",
    "identity.identity_party_tree": "a drawing order of the links, which are exported",
    "identity.span": "a drawing order of the links, which are exported",
    "identity.identity_doubt_sides": _OF_OTHERS,
    "identity.identity_doubtful_joins": _OF_OTHERS,
    "identity.identity_doubtful_splits": _OF_OTHERS,
    "identity.identity_review_queue": _OF_OTHERS,
    "identity.identity_rule_matches": _OF_OTHERS,
    "identity.identity_separated_links": _OF_OTHERS,
    "marts.review_queue": _OF_OTHERS,
    "marts.sales_open_cases": "opportunities beside cases, both of which are exported",
    "registry.erasures": "tokens of who was erased, who is nobody's party any more",
    # extracts
    "landing.marketing_cloud__job": "a mailing, which names nobody",
    "landing.stewardship__pinned_values": _FACES,
    "landing.sales_cloud__campaign": "a campaign, which names nobody",
    "landing.stewardship__steward_decisions": _FACES,
}

# the keys by which extracts name what is the party's
_FACT_KEYS = {
    "fct_orders": "order_key",
    "fct_payments": "payment_key",
    "fct_opportunities": "opportunity_key",
    "fct_quotes": "quote_key",
    "fct_contracts": "contract_key",
    "fct_campaign_members": "campaign_member_key",
    "fct_campaign_influences": "campaign_influence_key",
    "fct_cases": "case_key",
    "fct_assets": "asset_key",
    "fct_entitlements": "entitlement_key",
    "fct_activities": "activity_key",
}
_SLASHES_OF_A_KEY = 3
# of the identifiers of Salesforce, extracts may have the first 15 characters
_SHORT_ID = r"'^(.*/[A-Za-z0-9]{15})[A-Z0-5]{3}$', '\1'"


@dataclass(frozen=True)
class Subject:
    """Whom an export is about.

    Attributes:
        gpid: the live GPID.
        asked_as: the GPID or record key by which it was asked for.
        request_id: the request that the export answers.

    """

    gpid: str
    asked_as: str
    request_id: str | None = None


@dataclass(frozen=True)
class Table:
    """The rows of one table that are about the party."""

    name: str
    title: str
    section: Section
    rows: Sequence[Row]

    @property
    def columns(self) -> list[str]:
        """In the order of the table; extracts of several instances may differ."""
        return list(dict.fromkeys(column for row in self.rows for column in row))

    @property
    def file(self) -> str:
        """The name of its CSV file."""
        schema, _, table = self.name.partition(".")
        return f"{'delivered_' if schema == 'landing' else ''}{table}.csv"


def find_subject(
    con: duckdb.DuckDBPyConnection, key: IdKey, *, subject: str | None, request_id: str | None
) -> Subject:
    """Whom a GPID, a retired one, a record key, or a request means.

    Args:
        con: as `erasure.opened` gives it.
        key: the id key, by which the registry knows whom it has forgotten.
        subject: a GPID or record key; none: the request says it.
        request_id: the request of kind access that is answered, if there is one.

    Raises:
        AccessError: it means nobody, or somebody else than the request.

    """
    request = _request(con, request_id) if request_id else None
    if subject is None:
        if request is None:
            raise AccessError("say whom it is about: a GPID, a record key, or a request")
        subject = str(request["subject"])
    gpid = _live_gpid(con, key, subject.strip())
    if request and request["gpid"] not in (None, gpid):
        raise AccessError(
            f"the request {request_id} is about {request['gpid']}, and {subject} is {gpid}: nothing"
            " was written. Ask for one or the other."
        )
    return Subject(gpid, subject.strip(), request_id)


def _request(con: duckdb.DuckDBPyConnection, request_id: str) -> Row:
    rows = _rows(
        con,
        "select kind, subject, gpid from marts.privacy_request_status where request_id = ?",
        [request_id],
    )
    if not rows:
        raise AccessError(
            f"the last build has seen no request {request_id}: write it into"
            " seeds/privacy_requests.csv, and build first (make build)"
        )
    if rows[0]["kind"] != "access":
        raise AccessError(f"the request {request_id} is for {rows[0]['kind']}, not for access")
    return rows[0]


def _live_gpid(con: duckdb.DuckDBPyConnection, key: IdKey, subject: str) -> str:
    ((gpid,),) = con.execute(
        """
        with asked as (
            select coalesce(
                (
                    -- of a record that was deleted since, the party that it was of
                    select arg_max(gpid, valid_from_commit)
                    from marts.bridge_party_source where record_key = $subject
                ),
                $subject
            ) as gpid
        )
        select coalesce(
            (select gpid from marts.party_health semi join asked using (gpid)),
            (
                select live_gpid from marts.gpid_redirect
                inner join asked on retired_gpid = asked.gpid
            )
        )
        """,
        {"subject": subject},
    ).fetchall()
    if gpid is not None:
        return str(gpid)
    is_erased = con.execute(
        f"select 1 from {DATABASE}.main.erasures"
        " where gpid = $1 or (kind = 'record' and token = $2)",
        [subject, key.token(subject)],
    ).fetchall()
    if is_erased:
        raise AccessError(
            f"{subject} was erased: nothing is held but tokens and the events of the GPID"
            " (docs/erasure.md)"
        )
    known = con.execute(
        f"select 1 from {DATABASE}.main.gpid_events where gpid = $1 or record_key = $1 limit 1",
        [subject],
    ).fetchall()
    if known:
        raise AccessError(
            f"{subject} has no record any more: its sources deleted them all, and only the events"
            " of the GPID are left"
        )
    if "/" in subject:
        hint = "record keys are system/instance/object/key"
    elif is_valid_gpid(subject):
        hint = "it is a GPID, but not one of this registry"
    else:
        hint = "a GPID has 18 characters and a check character at its end: is there a typing error?"
    raise AccessError(f"no record and no party is called {subject!r}: {hint}")


def collect(
    con: duckdb.DuckDBPyConnection,
    extracts: duckdb.DuckDBPyConnection,
    subject: Subject,
    *,
    project: Path,
    systems: Sequence[str],
) -> list[Table]:
    """Every row about the party, by table; tables without one are left out.

    Args:
        con: as `erasure.opened` gives it.
        extracts: a connection for which `landing.prepare` made the views of the extracts.
        subject: the party.
        project: root of the dbt project; the adapters are in its `models/staging`.
        systems: the connected systems.

    Raises:
        AccessError: the warehouse has not all tables: it is of another version.

    """
    _find_keys(con, subject.gpid)
    found = {table: _rows(con, _query(table, part)) for table, part in EXPORTED.items()}
    others = _keys_of_others(con, found.values())
    tables = [
        Table(table, part.title, part.section, [_own(row, others) for row in found[table]])
        for table, part in EXPORTED.items()
    ]
    keys = sorted(_texts(con, _KEYS))
    extracts.execute(
        "create or replace temp table its_keys as select unnest(?::varchar[]) as key", [keys]
    )
    for system in systems:
        for spec in load_system(project, system).tables:
            if spec.meta.about:
                rows = list(_delivered(extracts, system, spec))
                title = f"As delivered: {spec.name.replace('_', ' ')}"
                tables.append(Table(f"landing.{spec.view}", title, Section.SOURCES, rows))
    return [table for table in tables if table.rows]


def _query(table: str, part: Part) -> str:
    schema, _, relation = table.partition(".")
    place = f"{DATABASE}.main.{relation}" if schema == DATABASE else table
    return f"select * from ({part.query or f'from {place}'}) where {part.condition} order by all"


def _find_keys(con: duckdb.DuckDBPyConnection, gpid: str) -> None:
    """Everything that leads to a row about the party, as temporary tables."""
    con.execute(
        "create or replace temp table its_gpids as select $gpid as gpid"
        " union select retired_gpid from marts.gpid_redirect where live_gpid = $gpid",
        {"gpid": gpid},
    )
    # where the sources deleted them, records that were the party's last
    found = erasure.find(con, [], gpid)
    texts = found.values | found.identifiers
    con.execute(
        f"""
        create or replace temp table its_records as
        select record_key from marts.bridge_party_source group by record_key
        having coalesce(max(gpid) filter (is_current), arg_max(gpid, valid_from_commit)) in {_GPIDS}
        """
    )
    con.execute("create or replace temp table its_texts (text varchar)")
    con.execute("insert into its_texts select unnest(?::varchar[])", [sorted(texts)])
    con.execute(
        f"create or replace temp table its_contact_points as"
        f" select distinct contact_point_type, contact_point from marts.record_contact_points"
        f" where {_BY_RECORD}"
    )
    facts = " union all ".join(
        f"select {key} from marts.{table} where {_BY_EITHER}" for table, key in _FACT_KEYS.items()
    )
    con.execute(
        f"""
        create or replace temp table its_keys as
        with keys as (
            select record_key as key from its_records
            union all select gpid from its_gpids
            union all {facts}
            union all select contact_point_text from conformed.int_consent_contact_points
            where {_BY_POINT}
        )
        select key from keys
        -- an order or a guest's is named by the extract that it is in
        union select record.delivered_in || '/' || record.source_key
        from conformed.int_party_records as record where {_BY_RECORD}
        union select regexp_replace(key, {_SHORT_ID}) from keys where starts_with(key, 's')
        """
    )


def _keys_of_others(
    con: duckdb.DuckDBPyConnection, tables: Iterable[Sequence[Row]]
) -> frozenset[str]:
    """The keys of other people's records that stand in the rows, whatever the column is called."""
    texts = {
        text
        for rows in tables
        for row in rows
        for value in row.values()
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str) and text.count("/") >= _SLASHES_OF_A_KEY
    }
    return frozenset(
        key
        for (key,) in con.execute(
            "select distinct record_key from marts.bridge_party_source"
            f" where record_key in (select unnest(?::varchar[])) and record_key not in {_RECORDS}",
            [sorted(texts)],
        ).fetchall()
    )


def _own(row: Row, others: frozenset[str]) -> Row:
    """A row without the keys of other people's records, and without a build's own bookkeeping."""

    def own(value: Any) -> Any:
        if isinstance(value, list):
            return [each for each in value if not isinstance(each, str) or each not in others]
        return None if isinstance(value, str) and value in others else value

    return {column: own(value) for column, value in row.items() if column not in BOOKKEEPING}


def _delivered(con: duckdb.DuckDBPyConnection, system: str, spec: TableSpec) -> Iterator[Row]:
    """The rows of an extract about the party, with every column that was delivered."""
    matches = " or ".join(f"{_template(each)} in {_KEYS}" for each in spec.meta.about)
    # a row that names a record is about that one, though an address in it may be shared
    if "{record_key}" in spec.meta.about:
        matches = f"({matches}) and (record_key is null or record_key in {_KEYS})"
    for row in _rows(
        con,
        "select _instance, _file, _row_number, _status, _payload"
        f" from landing.{name(spec.view)} where {matches} order by _file, _row_number",
    ):
        place = {
            "source_system": system,
            "source_instance": row["_instance"],
            "file": row["_file"],
            "row_number": row["_row_number"],
            "status": row["_status"],
        }
        delivered: Row = json.loads(row["_payload"] or "{}")
        yield place | {
            f"{column} (delivered)" if column in place else column: value
            for column, value in delivered.items()
        }


def _template(text: str) -> str:
    """SQL of a key with columns in braces; null where one of them is."""
    pieces = re.split(r"{(\w+)}", text)
    return " || ".join(
        f"{name(piece)}::varchar" if place % 2 else literal(piece)
        for place, piece in enumerate(pieces)
        if piece
    )


def write(folder: Path, subject: Subject, tables: Sequence[Table], *, at: datetime) -> None:
    """Write the page, the JSON and the CSV files into a folder that replaces the former.

    Only its owner can read them.
    """
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new.mkdir(mode=0o700)
    for table in tables:
        # the mark tells spreadsheets that it is UTF-8
        with _private(new / table.file, "utf-8-sig") as file:
            # ends lines as spreadsheets do, and so quotes a carriage return inside a value
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow([_cell(column) for column in table.columns])
            writer.writerows(
                [_cell(row.get(column)) for column in table.columns] for row in table.rows
            )
    content = {
        "gpid": subject.gpid,
        "asked_as": subject.asked_as,
        "request_id": subject.request_id,
        "written_at": at,
        "tables": [
            {
                "table": each.name,
                "title": each.title,
                "section": each.section,
                "file": each.file,
                "rows": each.rows,
            }
            for each in tables
        ],
    }
    with _private(new / DATA, "utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1, default=_as_json)
    with _private(new / PAGE, "utf-8") as file:
        file.write(render(subject, tables, at=at))
    shutil.rmtree(folder, ignore_errors=True)
    new.replace(folder)


def render(subject: Subject, tables: Sequence[Table], *, at: datetime) -> str:
    """The page: one HTML file with everything in it."""
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = _shown
    template = environment.from_string(
        files("customer360").joinpath("access.html.j2").read_text("utf-8")
    )
    return template.render(
        subject=subject,
        at=at,
        sections=_chapters(tables),
        row_count=sum(len(table.rows) for table in tables),
        file_count=len(tables),
        by_source=_by_source(tables),
        Section=Section,
    )


def _chapters(tables: Sequence[Table]) -> dict[Section, list[Table]]:
    return {section: [t for t in tables if t.section is section] for section in Section}


def _by_source(tables: Sequence[Table]) -> dict[str, list[Table]]:
    """The tables of what each system holds, cut by system and instance."""
    found: dict[str, list[Table]] = {}
    for table in tables:
        if table.section is not Section.SOURCES:
            continue
        rows = sorted(table.rows, key=_source)
        for source, its_rows in groupby(rows, _source):
            part = Table(table.name, table.title, table.section, list(its_rows))
            found.setdefault(source, []).append(part)
    return dict(sorted(found.items()))


def _source(row: Row) -> str:
    return f"{row['source_system']}/{row['source_instance']}"


def _private(path: Path, encoding: str) -> IO[str]:
    path.touch(mode=0o600)
    return path.open("w", encoding=encoding, newline="")


def _cell(value: Any) -> Any:
    """A value as a CSV file has it; a text never as a formula."""
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False, default=_as_json)
    return cell(value)


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value)


def _shown(value: Any) -> str:
    """A value as the page shows it."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_shown(each)}" for key, each in value.items())
    if isinstance(value, list):
        return " · ".join(_shown(each) for each in value)
    return str(value)


def _texts(con: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    return {value for (value,) in con.execute(f"from {query}").fetchall()}


def _rows(
    con: duckdb.DuckDBPyConnection, query: str, parameters: Iterable[object] = ()
) -> list[Row]:
    try:
        found = con.execute(query, list(parameters))
    except duckdb.CatalogException as error:
        raise AccessError(
            f"the warehouse was built by another version: build first (make build). {error}"
        ) from None
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def now() -> datetime:
    """The time, UTC and naive as everywhere in the warehouse."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
