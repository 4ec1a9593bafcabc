"""The suites: what every extract has to be, and what is known of each system beyond that.

Most of a suite follows from the adapter's sources YAML: required columns, types, keys, accepted
values. `BEYOND_THE_YAML` adds what only people know. An expectation that is `STOP` keeps a build
from starting; every other is a warning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from great_expectations import expectations as expect
from great_expectations.expectations.metadata_types import FailureSeverity

from customer360.landing.spec import ColumnSpec, Kind, TableSpec

STOP = FailureSeverity.CRITICAL
WARN = FailureSeverity.WARNING

FILE_COLUMN = "_file"
ROW_COLUMN = "_row_number"

_READABLE = {
    Kind.DATE: "is a date",
    Kind.TIMESTAMP: "is a timestamp",
    Kind.BOOLEAN: "is a boolean",
    Kind.BIGINT: "is a whole number",
    Kind.DOUBLE: "is a number",
    Kind.DECIMAL: "is a number",
    Kind.PAIR_LIST: "is a list of type:value",
}

# of the number of records in the last complete builds, least and most
_FEWEST, _MOST = 0.5, 3.0


@dataclass(frozen=True)
class Circumstances:
    """What an expectation depends on besides the adapter.

    Attributes:
        delivered: the declared columns that the files have.
        is_empty: they have no records.
        has_changes: the files hold what has changed only, so that their number says little.
        former_records: the numbers of records in the last complete builds.
        now: naive UTC.
        max_age_days: a newest record that is older is a warning.

    """

    delivered: Sequence[str]
    is_empty: bool
    has_changes: bool
    former_records: Sequence[int]
    now: datetime
    max_age_days: float


def readable(column: ColumnSpec) -> str | None:
    """The name of a column that says whether a value is of its type; None where any text is."""
    phrase = _READABLE.get(column.kind)
    return f"{column.name} {phrase}" if phrase else None


def moment_of(table: TableSpec) -> str | None:
    """The column whose newest value tells how fresh an extract is."""
    names = [*table.meta.latest_by, *(column.name for column in table.columns)]
    return next(
        (
            name
            for name in names
            if table.column(name).kind is Kind.TIMESTAMP and not table.column(name).meta.future
        ),
        None,
    )


def suite_of(
    system: str, table: TableSpec, circumstances: Circumstances
) -> list[expect.Expectation]:
    """Every expectation of an extract that can be looked at with the columns it has."""
    here = [column for column in table.columns if column.name in circumstances.delivered]
    found = [*_volume(circumstances), *_columns(table, circumstances)]
    for column in here:
        if column.meta.required:
            found.append(_filled(column.name, 0.95, STOP))
        if label := readable(column):
            found.append(
                expect.ExpectColumnValuesToBeInSet(
                    column=label, value_set=[True], mostly=0.95, severity=WARN
                )
            )
        if column.meta.accepted_values:
            found.append(_one_of(column.name, column.meta.accepted_values))
    found += _key(table, circumstances) + _freshness(table, circumstances)
    names = {column.name for column in here}
    found += [
        each
        for each in BEYOND_THE_YAML.get(system, {}).get(table.name, [])
        if getattr(each, "column", None) in names
    ]
    return found


def _volume(circumstances: Circumstances) -> list[expect.Expectation]:
    former = circumstances.former_records
    if not former or circumstances.has_changes:
        return []
    return [
        expect.ExpectTableRowCountToBeBetween(
            min_value=int(min(former) * _FEWEST), max_value=int(max(former) * _MOST), severity=STOP
        )
    ]


def _columns(table: TableSpec, circumstances: Circumstances) -> list[expect.Expectation]:
    """The columns that a record cannot be used or told apart without."""
    needed = {column.name for column in table.columns if column.meta.required}
    needed |= {name for name in table.meta.key if table.column(name).meta.default is None}
    return [
        expect.ExpectColumnToExist(
            column=column.name, severity=STOP if column.meta.required else WARN
        )
        for column in table.columns
        if column.name in needed
    ]


def _key(table: TableSpec, circumstances: Circumstances) -> list[expect.Expectation]:
    key = [name for name in table.meta.key if name in circumstances.delivered]
    if not key or circumstances.has_changes:
        return []
    return [
        expect.ExpectCompoundColumnsToBeUnique(
            column_list=[FILE_COLUMN, *key], mostly=0.85, severity=WARN
        )
    ]


def _freshness(table: TableSpec, circumstances: Circumstances) -> list[expect.Expectation]:
    moment = moment_of(table)
    if moment is None or moment not in circumstances.delivered or circumstances.is_empty:
        return []
    oldest = circumstances.now - timedelta(days=circumstances.max_age_days)
    form = f"the newest value is at most {circumstances.max_age_days:g} days old"
    return [
        expect.ExpectColumnMaxToBeBetween(
            column=moment, min_value=oldest, severity=WARN, meta={"form": form}
        )
    ]


def _filled(column: str, mostly: float, severity: FailureSeverity = WARN) -> expect.Expectation:
    return expect.ExpectColumnValuesToNotBeNull(column=column, mostly=mostly, severity=severity)


def _looks_like(
    column: str, regex: str, mostly: float, form: str, severity: FailureSeverity = WARN
) -> expect.Expectation:
    return expect.ExpectColumnValuesToMatchRegex(
        column=column, regex=regex, mostly=mostly, severity=severity, meta={"form": form}
    )


def _one_of(column: str, values: Sequence[str], mostly: float = 0.95) -> expect.Expectation:
    allowed = "|".join(values)
    form = f"one of {', '.join(values)}"
    return _looks_like(column, rf"^\s*(?i:{allowed})?\s*$", mostly, form)


def _between(
    column: str, least: float | None, most: float | None = None, mostly: float = 0.99
) -> expect.Expectation:
    return expect.ExpectColumnValuesToBeBetween(
        column=column, min_value=least, max_value=most, mostly=mostly, severity=WARN
    )


def _email(column: str) -> expect.Expectation:
    return _looks_like(column, r"^\s*[^@\s]+[@＠][^@\s]+\s*$", 0.9, "an e-mail address")


def _phone(column: str) -> expect.Expectation:
    """At least six digits, of any width, with what people write between them."""
    return _looks_like(column, r"^(?:\D*\d){6,}", 0.9, "a telephone number")


def _salesforce_id(column: str, prefix: str) -> expect.Expectation:
    """15 or 18 characters, of which the first three name the object."""
    regex = rf"^{prefix}[A-Za-z0-9]{{12}}([A-Za-z0-9]{{3}})?$"
    return _looks_like(column, regex, 0.99, f"a Salesforce id that begins with {prefix}", STOP)


_ACCOUNTS = [
    _salesforce_id("Id", "001"),
    _filled("Name", 0.5),
    _email("PersonEmail"),
    _phone("Phone"),
    _phone("PersonMobilePhone"),
]
_CURRENCY = r"^[A-Z]{3}$"
BEYOND_THE_YAML: dict[str, dict[str, list[expect.Expectation]]] = {
    "sales_cloud": {
        "account": _ACCOUNTS,
        "contact": [
            _salesforce_id("Id", "003"),
            _filled("LastName", 0.9),
            _filled("Email", 0.2),
            _email("Email"),
            _phone("Phone"),
            _phone("MobilePhone"),
        ],
        "lead": [
            _salesforce_id("Id", "00Q"),
            _filled("LastName", 0.9),
            _email("Email"),
            _phone("Phone"),
        ],
        "opportunity": [
            _salesforce_id("Id", "006"),
            _filled("AccountId", 0.5),
            _between("Amount", 0),
            _looks_like("CurrencyIsoCode", _CURRENCY, 0.99, "a currency code of three letters"),
        ],
        "opportunity_line_item": [
            _salesforce_id("Id", "00k"),
            _filled("OpportunityId", 0.99),
        ],
        "task": [_salesforce_id("Id", "00T")],
        "event": [_salesforce_id("Id", "00U")],
    },
    "service_cloud": {
        "account": _ACCOUNTS,
        "case": [
            _salesforce_id("Id", "500"),
            _filled("Status", 0.9),
            _email("SuppliedEmail"),
        ],
        "case_comment": [_salesforce_id("Id", "00a"), _filled("ParentId", 0.99)],
    },
    "marketing_cloud": {
        "subscriber": [
            _filled("EmailAddress", 0.9),
            _email("EmailAddress"),
            _one_of("Status", ["active", "bounced", "held", "unsubscribed", "deleted"]),
            _between("BounceCount", 0),
        ],
        "contact": [_filled("EmailAddress", 0.5), _email("EmailAddress"), _phone("Phone")],
        "click": [_filled("URL", 0.5)],
    },
    "commerce_cloud": {
        "customer": [
            _filled("email", 0.5),
            _email("email"),
            _phone("phoneHome"),
            _phone("phoneMobile"),
        ],
        "customer_address": [_filled("address1", 0.5), _phone("phone")],
        "order": [
            _between("orderTotal", 0),
            _looks_like("currency", _CURRENCY, 0.99, "a currency code of three letters"),
            _email("customerEmail"),
        ],
    },
    "web": {
        "page_event": [_filled("event_name", 0.9), _filled("anonymous_id", 0.5)],
    },
    "social": {
        "profile": [_email("email")],
        "interaction": [_filled("occurred_at", 0.99), _filled("kind", 0.99)],
        "review": [_filled("rating", 0.9)],
    },
    "appointments": {
        "booking": [_filled("status", 0.99), _filled("place", 0.5), _email("email")],
    },
    "enrichment": {
        "demographics": [_filled("provider", 0.99), _filled("as_of", 0.9)],
        "firmographics": [_filled("provider", 0.99), _filled("as_of", 0.9)],
    },
    "payments": {
        "customer": [_email("email")],
        "charge": [
            _filled("status", 0.99),
            _looks_like("currency", r"^[A-Za-z]{3}$", 0.99, "a currency code of three letters"),
        ],
    },
    "files": {
        "party_records": [
            # a link or a table that slipped into the names
            _looks_like("full_name", r"^[^<>{}|]*$", 0.99, "a name without markup"),
        ],
    },
    "stewardship": {
        "steward_decisions": [_filled("reason", 0.5)],
    },
    "consent": {
        "event": [_filled("effective_from", 0.9), _filled("evidence", 0.2)],
        "suppression": [_filled("reason", 0.5)],
    },
    "privacy": {
        "privacy_requests": [_filled("requested_at", 0.9), _filled("deadline", 0.9)],
    },
}
