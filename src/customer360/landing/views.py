"""The SQL of the views in schema `landing`: one per table, and the bookkeeping over all tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from duckdb.sqltypes import DuckDBPyType

from customer360.landing.spec import ColumnSpec, Kind, SystemSpec, TableSpec, normalised
from customer360.landing.sql import (
    IN_THE_FUTURE,
    Conversion,
    UnsupportedTypeError,
    convert,
    literal,
    name,
)

# what the records of all tables are like
OVER_ALL_RECORDS = ("row_counts", "quarantined_rows", "invalid_values")
BOOKKEEPING_TABLES = (*OVER_ALL_RECORDS, "deliveries", "source_columns", "expectation_results")
_INVALID_TYPE = "struct(column_name varchar, value varchar, reason varchar)[]"
# how many characters of an unusable value are reported
_VALUE_LIMIT = 1_000

# names of the first step's columns begin so; no extract has such a column
_STEP = "customer360_"
_LOADER_COLUMN = ("_fivetran_", "_airbyte_", "_ab_", "_dlt_", "_sdc_")
_LOADED_AT = (
    "_fivetran_synced",
    "_airbyte_extracted_at",
    "_airbyte_emitted_at",
    "_airbyte_normalized_at",
    "_dlt_load_id",
    "_sdc_extracted_at",
    "_sdc_batched_at",
)
_DELETED_FLAG = "_fivetran_deleted"
_DELETED_AT = ("_ab_cdc_deleted_at", "_sdc_deleted_at")
_ACTIVE = "_fivetran_active"


class Rule(StrEnum):
    """What a record has to keep to, lest it be quarantined."""

    WELL_FORMED = "well_formed"  # as many fields as the header, and no quote left open
    ENCODED = "encoded"  # its bytes are text
    USABLE_KEY = "usable_key"  # there is a key, and it is of the declared type
    ACCEPTED_VALUE = "accepted_value"  # one of those that the adapter declares
    NO_FORBIDDEN_TEXT = "no_forbidden_text"  # nothing that would break a record key


@dataclass(frozen=True)
class RawColumn:
    """A column as a file delivers it.

    Attributes:
        label: the name in the file.
        expression: SQL for its value, over a relation called `delivered`.
        type: its DuckDB type.
        is_field: it is a field of a struct column, which itself is listed too.

    """

    label: str
    expression: str
    type: DuckDBPyType
    is_field: bool = False

    @property
    def is_metadata(self) -> bool:
        """Whether a loader added the column."""
        return self.label.lower().startswith(_LOADER_COLUMN)


@dataclass(frozen=True)
class Extract:
    """Files of one object and instance that have the same columns, as one relation.

    Attributes:
        relation: SQL of a table or table function.
        file: SQL of the file's name; `first_file` is that of one of them, for messages.
        row_number: SQL of the record's number in its file, from 1.
        delivered_at: SQL of when it was delivered, as the files' names tell.
        raw_reason, raw_payload: SQL of why a record could not be parsed, and of its text.

    """

    instance: str
    relation: str
    columns: tuple[RawColumn, ...]
    file: str
    first_file: str
    row_number: str
    delivered_at: str | None = None
    raw_reason: str | None = None
    raw_payload: str | None = None


@dataclass(frozen=True)
class TableView:
    """What the view of a table is made of.

    Attributes:
        rows: SQL with the declared columns and `_`-columns of every landed record, not ranked.
        partition: expressions that are equal for deliveries of the same thing.
        has_history: rows that a loader marked as former versions may be among them.
        changing: the instances that deliver changes; the names of their files sort by delivery.

    """

    rows: str
    partition: tuple[str, ...]
    has_history: bool
    changing: tuple[str, ...] = ()


def as_one(extracts: Sequence[Extract]) -> list[Extract]:
    """Return one extract for all those of an instance that have the same columns.

    A view over a year of daily files, each with its conversions, would take a minute to plan.
    """
    groups: dict[tuple[tuple[str, str], ...], list[Extract]] = {}
    for extract in extracts:
        columns = tuple((raw.label, str(raw.type)) for raw in extract.columns)
        groups.setdefault(columns, []).append(extract)
    return [_union_of(members) if len(members) > 1 else members[0] for members in groups.values()]


def _union_of(extracts: Sequence[Extract]) -> Extract:
    first = extracts[0]
    nothing = "cast(null as varchar)"
    columns = ", ".join(raw.expression for raw in first.columns if not raw.is_field)
    selects = [
        f"select {columns}, "
        f"{each.file} as {_STEP}file, {each.row_number} as {_STEP}number, "
        f"{each.delivered_at or 'cast(null as timestamp)'} as {_STEP}delivered, "
        f"{each.raw_reason or nothing} as {_STEP}reason, "
        f"{each.raw_payload or nothing} as {_STEP}payload "
        f"from {each.relation} as delivered"
        for each in extracts
    ]
    is_damaged = any(each.raw_reason for each in extracts)
    return replace(
        first,
        relation=f"(\n{_union(selects, '')}\n)",
        file=f"delivered.{_STEP}file",
        row_number=f"delivered.{_STEP}number",
        delivered_at=f"delivered.{_STEP}delivered",
        raw_reason=f"delivered.{_STEP}reason" if is_damaged else None,
        raw_payload=f"delivered.{_STEP}payload" if is_damaged else None,
    )


def match_columns(table: TableSpec, extract: Extract) -> tuple[dict[str, RawColumn], list[str]]:
    """Find the delivered column of each declared one.

    Returns:
        Declared name → delivered column, and the problems: a required column that is missing, two
        columns for one, and under `strict_columns` a column that is not declared.

    """
    problems: list[str] = []
    by_name: dict[str, list[RawColumn]] = {}
    for raw in extract.columns:
        by_name.setdefault(normalised(raw.label), []).append(raw)
    matched: dict[str, RawColumn] = {}
    top_level = [raw.label for raw in extract.columns if not raw.is_field]
    for column in table.columns:
        for known in column.known_names:
            candidates = by_name.get(known, [])
            candidates = [raw for raw in candidates if not raw.is_field] or candidates
            if len(candidates) > 1:
                labels = " and ".join(repr(raw.label) for raw in candidates)
                problems.append(
                    f"{extract.first_file}: {labels} both mean the column {column.name}; "
                    "rename or remove one"
                )
            if candidates:
                matched[column.name] = candidates[0]
                break
        if column.name not in matched and column.meta.required:
            problems.append(
                f"{extract.first_file}: the required column {column.name} is missing; "
                f"columns found: {', '.join(top_level) or 'none'}"
            )
    if table.meta.strict_columns:
        used = {raw.label for raw in matched.values()}
        known_columns = ", ".join(column.name for column in table.columns)
        problems += [
            f"{extract.first_file}: unknown column {raw.label!r}; known columns: {known_columns}"
            for raw in extract.columns
            if raw.label not in used and not raw.is_metadata and not raw.is_field
        ]
    return matched, problems


def build_rows(
    table: TableSpec,
    extracts: Sequence[Extract],
    latest: datetime,
    *,
    changing: Sequence[str] = (),
) -> TableView:
    """Return the SQL of all landed records of a table.

    Args:
        table: what is declared.
        extracts: what was delivered; none gives an empty relation of the right columns.
        latest: naive UTC; later dates and times are reported and become null.
        changing: the instances that deliver changes.

    Raises:
        UnsupportedTypeError: naming the file and column whose type cannot be converted.

    """
    rows = "\nunion all\n".join(_extract_rows(table, each, latest) for each in extracts)
    if not extracts:
        rows = _no_rows(table)
    declared = [name(column.name) for column in table.columns]
    keys = [name(key) for key in table.meta.key]
    has_history = any(raw.label.lower() == _ACTIVE for each in extracts for raw in each.columns)
    partition = ("_instance", *(keys or [*declared, "_content"]))
    return TableView(rows, partition, has_history, tuple(changing))


def first_look(view: TableView) -> str:
    """Return a query with one row about the records of a table.

    Its columns: how many values of usable records could not be converted, whether some usable
    record may be there twice, and whether some value is in the future. Equal hashes may be a
    coincidence; then the view ranks rows without need.
    """
    usable = "filter (where _reason is null)"
    distinct = f"count(distinct hash({', '.join(view.partition)})) {usable}"
    reasons = "list_transform(_invalid_values, lambda item: item.reason)"
    return (
        f"select sum(len(_invalid_values)) {usable}, count(*) {usable} > {distinct}, "
        f"coalesce(bool_or(list_contains({reasons}, {literal(IN_THE_FUTURE)})), false) "
        f"from ({view.rows})"
    )


def unconverted_columns(table: TableSpec, view: TableView) -> str:
    """Return a query with one row per instance and column with values that are not of its type.

    Its columns: instance, column, reason, values that could not be converted, values that could.
    """
    counts = "\nunion all\n".join(
        f"select _instance, {literal(column.name)}, count({name(column.name)}) "
        "from landed group by _instance"
        for column in table.columns
    )
    return f"""
with landed as materialized (
select * from ({view.rows}) where _reason is null
),
values_lost as (
select _instance, unnest(_invalid_values, recursive := true) from landed
),
values_kept (_instance, column_name, converted) as (
{counts}
)
select _instance, column_name, mode(reason), count(*), any_value(converted)
from values_lost inner join values_kept using (_instance, column_name)
where reason <> {literal(IN_THE_FUTURE)}
group by _instance, column_name"""


def build_view(table: TableSpec, view: TableView, *, has_duplicates: bool) -> str:
    """Return the query of a table's view; rows are ranked only where that can matter."""
    declared = [name(column.name) for column in table.columns]
    columns = [*declared, "_instance", "_file", "_row_number", "_loaded_at"]
    rest = ["_reason", "_payload", "_invalid_values"]
    if not has_duplicates and not view.has_history:
        status = "case when _reason is null then 'accepted' else 'quarantined' end as _status"
        selected = ",\n    ".join([*columns, "_is_deleted", status, *rest])
        return f"select\n    {selected}\nfrom (\n{view.rows}\n)"
    rows, newest = view.rows, ["_is_active desc"]
    newest += [f"{name(column)} desc nulls last" for column in table.meta.latest_by]
    newest += ["_loaded_at desc nulls last", "_content desc", "_file desc", "_row_number desc"]
    if view.changing:
        rows, newest = _in_order_of_delivery(table, view, newest)
    rank = (
        f"row_number() over (partition by _reason is null, {', '.join(view.partition)} "
        f"order by {', '.join(newest)})"
    )
    # without a key there is no later version that could stand for a former one
    superseded = "_rank > 1" if table.meta.key else "_rank > 1 or not _is_active"
    status = (
        f"case when _reason is not null then 'quarantined' when {superseded} then 'superseded' "
        "else 'accepted' end as _status"
    )
    is_deleted = "_is_deleted or not _is_active as _is_deleted"
    selected = ",\n    ".join([*columns, is_deleted, status, *rest])
    return f"select\n    {selected}\nfrom (\nselect *, {rank} as _rank from (\n{rows}\n)\n)"


def _in_order_of_delivery(
    table: TableSpec, view: TableView, newest: list[str]
) -> tuple[str, list[str]]:
    """Return rows and their order, the newest first, where instances deliver changes.

    A tombstone often has nothing but its key. So a row without a moment of its own is as new as the
    newest that was delivered up to it; of equally new rows the one that was delivered last counts.
    A row that is older than one that was delivered before it comes late, and stays the older one. A
    version that a loader marks as ended counts, too: it is all that a deletion leaves.
    """
    is_change = f"_instance in ({', '.join(literal(each) for each in view.changing)})"
    until_here = (
        f"over (partition by _reason is null, {', '.join(view.partition)} "
        "order by _loaded_at nulls first, _file, _row_number "
        "rows between unbounded preceding and current row)"
    )
    moments = {
        f"{_STEP}latest{index}": f"case when {is_change} then "
        f"coalesce({name(column)}, max({name(column)}) {until_here}) end"
        for index, column in enumerate(table.meta.latest_by)
    }
    changes = [
        f"({is_change} or _is_active) desc",
        *(f"{moment} desc nulls last" for moment in moments),
        f"case when {is_change} then _loaded_at end desc nulls last",
        f"case when {is_change} then _file end desc nulls last",
        f"case when {is_change} then _is_active end desc nulls last",
        f"case when {is_change} then _row_number end desc nulls last",
    ]
    if not moments:
        return view.rows, [*changes, *newest]
    added = ", ".join(f"{expression} as {moment}" for moment, expression in moments.items())
    return f"select *, {added} from (\n{view.rows}\n)", [*changes, *newest]


def bookkeeping(systems: Iterable[SystemSpec]) -> dict[str, str]:
    """Return the queries of the views over all extracts, by name."""
    counts: list[str] = []
    quarantined: list[str] = []
    invalid: list[str] = []
    for system in systems:
        for table in system.tables:
            source = f"{literal(system.name)} as source_system, _instance as source_instance, "
            source += f"{literal(table.name)} as source_object"
            view = f"landing.{name(table.view)}"
            statuses = ("accepted", "quarantined", "superseded")
            counted = ", ".join(f"count(*) filter (_status = '{s}') as {s}" for s in statuses)
            counts.append(
                f"select {source}, {counted}, "
                "count(*) filter (_status = 'accepted' and _is_deleted) as deleted "
                f"from {view} group by _instance"
            )
            quarantined.append(
                f"select {source}, _file as file, _row_number as row_number, _payload as payload, "
                f"{_BROKEN_RULE} as rule, _reason as reason from {view} "
                "where _status = 'quarantined'"
            )
            invalid.append(
                f"select {source}, _file as file, _row_number as row_number, "
                f"{_key_text(table)} as source_key, "
                f"unnest(_invalid_values, recursive := true) from {view} "
                "where _status = 'accepted' and len(_invalid_values) > 0"
            )
    source_types = "'' as source_system, '' as source_instance, '' as source_object"
    row_types = f"{source_types}, '' as file, 0::bigint as row_number"
    return {
        "deliveries": "select * from landing_raw.deliveries",
        "source_columns": "select * from landing_raw.source_columns",
        "row_counts": f"""
select
    e.source_system,
    e.source_instance,
    e.source_object,
    coalesce(d.landed, 0)::bigint as landed,
    coalesce(c.accepted, 0)::bigint as accepted,
    coalesce(c.quarantined, 0)::bigint as quarantined,
    coalesce(c.superseded, 0)::bigint as superseded,
    coalesce(c.deleted, 0)::bigint as deleted
from landing_raw.extracts as e
left join (
    select source_system, source_instance, source_object, sum(physical_records) as landed
    from landing_raw.deliveries
    group by all
) as d using (source_system, source_instance, source_object)
left join (
{_union(counts, f"{source_types}, 0 as accepted, 0 as quarantined, 0 as superseded, 0 as deleted")}
) as c using (source_system, source_instance, source_object)""",
        "quarantined_rows": _union(
            quarantined, f"{row_types}, '' as payload, '' as rule, '' as reason"
        ),
        "invalid_values": _union(
            invalid,
            f"{row_types}, '' as source_key, '' as column_name, '' as value, '' as reason",
        ),
    }


def _union(queries: list[str], empty: str) -> str:
    return "\nunion all\n".join(queries) or f"select {empty} where false"


def _key_text(table: TableSpec) -> str:
    parts = [f"cast({name(key)} as varchar)" for key in table.meta.key]
    return " || '/' || ".join(parts) or "cast(null as varchar)"


def _no_rows(table: TableSpec) -> str:
    columns = [f"cast(null as {c.data_type}) as {name(c.name)}" for c in table.columns]
    columns += [
        f"cast(null as {data_type}) as {column}"
        for column, data_type in {
            "_instance": "varchar",
            "_file": "varchar",
            "_row_number": "bigint",
            "_loaded_at": "timestamp",
            "_is_deleted": "boolean",
            "_is_active": "boolean",
            "_reason": "varchar",
            "_payload": "varchar",
            "_invalid_values": _INVALID_TYPE,
            "_content": "ubigint",
        }.items()
    ]
    return f"select {', '.join(columns)} where false"


def _extract_rows(table: TableSpec, extract: Extract, latest: datetime) -> str:
    matched, _ = match_columns(table, extract)
    conversions: dict[str, Conversion] = {}
    for column in table.columns:
        raw = matched.get(column.name)
        if raw is None:
            continue
        try:
            step = f"delivered.{_STEP}{len(conversions)}"
            conversions[column.name] = convert(
                raw.expression, raw.type, column, latest=latest, step=step
            )
        except UnsupportedTypeError as error:
            raise UnsupportedTypeError(
                f"{extract.first_file}: the column {raw.label} {error}"
            ) from None
    values = {column.name: _value(column, conversions.get(column.name)) for column in table.columns}
    selected = {name(column): value for column, value in values.items()}
    selected["_instance"] = literal(extract.instance)
    selected["_file"] = extract.file
    selected["_row_number"] = f"delivered.{_STEP}row"
    selected["_loaded_at"] = _loaded_at(extract, latest)
    selected["_is_deleted"] = _is_deleted(table, values, extract, latest)
    selected["_is_active"] = _is_active(extract, latest)
    selected["_reason"] = _row_reason(table, values, conversions, extract)
    selected["_payload"] = _payload(extract)
    selected["_invalid_values"] = _invalid_values(conversions)
    selected["_content"] = _content(extract)
    listed = ",\n    ".join(f"{expression} as {alias}" for alias, expression in selected.items())
    computed = {f"{_STEP}row": extract.row_number}
    for index, conversion in enumerate(conversions.values()):
        if conversion.computed:
            computed[f"{_STEP}{index}"] = conversion.computed
    steps = ",\n    ".join(f"{expression} as {alias}" for alias, expression in computed.items())
    first = f"select\n    delivered.*,\n    {steps}\nfrom {extract.relation} as delivered"
    return f"select\n    {listed}\nfrom (\n{first}\n) as delivered"


def _value(column: ColumnSpec, conversion: Conversion | None) -> str:
    value = conversion.value if conversion else f"cast(null as {column.data_type})"
    if column.meta.default is None:
        return value
    default = f"cast({literal(column.meta.default)} as {column.data_type})"
    return f"coalesce({value}, {default})" if conversion else default


def _row_reason(
    table: TableSpec, values: dict[str, str], conversions: dict[str, Conversion], extract: Extract
) -> str:
    """Why a record cannot be used: it could not be parsed, its key is blank, a value is barred."""
    cases = []
    if extract.raw_reason:
        cases.append(f"when {extract.raw_reason} is not null then {extract.raw_reason}")
    for key in table.meta.key:
        conversion = conversions.get(key)
        if conversion and conversion.reason:
            complaint = f"'the key {key} is ' || ({conversion.reason})".replace("\n", " ")
            cases.append(f"when {values[key]} is null and ({conversion.reason}) is not null "
                         f"then {complaint}")  # fmt: skip
        if table.column(key).meta.default is None:
            cases.append(f"when {values[key]} is null then 'blank key'")
    for column in table.columns:
        accepted = column.meta.accepted_values
        if accepted and column.name in conversions:
            text = conversions[column.name].text
            allowed = ", ".join(literal(each.casefold()) for each in accepted)
            complaint = literal(f"{column.name} is not one of: {', '.join(accepted)}")
            cases.append(
                f"when {conversions[column.name].is_present} "
                f"and lower(trim({text})) not in ({allowed}) then {complaint}"
            )
        if column.meta.forbidden and column.name in conversions:
            found = " or ".join(
                f"contains({conversions[column.name].text}, {literal(each)})"
                for each in column.meta.forbidden
            )
            complaint = literal(f"{column.name} must not contain: {column.meta.forbidden}")
            cases.append(f"when {found} then {complaint}")
    return f"case {' '.join(cases)} end" if cases else "cast(null as varchar)"


# SQL of the rule that a quarantined record breaks, told by the reason that `_row_reason` or the
# reader of CSV files gives
_BROKEN_RULE = f"""case
    when _reason = 'blank key' or starts_with(_reason, 'the key ') then {literal(Rule.USABLE_KEY)}
    when contains(_reason, ' is not one of: ') then {literal(Rule.ACCEPTED_VALUE)}
    when contains(_reason, ' must not contain: ') then {literal(Rule.NO_FORBIDDEN_TEXT)}
    when _reason = 'invalid UTF-8' then {literal(Rule.ENCODED)}
    else {literal(Rule.WELL_FORMED)}
end"""


def _payload(extract: Extract) -> str:
    fields = ", ".join(
        f"{literal(raw.label)}: {raw.expression}" for raw in extract.columns if not raw.is_field
    )
    json = f"cast(to_json({{{fields}}}) as varchar)"
    if not extract.raw_reason:
        return json
    return f"case when {extract.raw_reason} is not null then {extract.raw_payload} else {json} end"


def _content(extract: Extract) -> str:
    """A hash of what the record says, apart from when and how it was loaded."""
    columns = sorted(
        (raw for raw in extract.columns if not raw.is_metadata and not raw.is_field),
        key=lambda raw: normalised(raw.label),
    )
    return f"hash({', '.join(raw.expression for raw in columns) or 'null'})"


def _invalid_values(conversions: dict[str, Conversion]) -> str:
    found = [
        f"case when ({conversion.reason}) is not null then {{'column_name': {literal(column)}, "
        f"'value': left({conversion.text}, {_VALUE_LIMIT}), 'reason': {conversion.reason}}} end"
        for column, conversion in conversions.items()
        if conversion.reason
    ]
    if not found:
        return f"cast([] as {_INVALID_TYPE})"
    return f"list_filter([{', '.join(found)}], lambda item: item is not null)"


def _metadata(extract: Extract, column: str, kind: Kind, latest: datetime) -> str | None:
    """Return the converted value of a loader's column, None where the file has no such column."""
    spec = ColumnSpec.model_validate(
        {"name": column, "data_type": kind.value, "config": {"meta": {"future": True}}}
    )
    for raw in extract.columns:
        if raw.label.lower() == column and not raw.is_field:
            conversion = convert(raw.expression, raw.type, spec, latest=latest, step="")
            return conversion.computed or conversion.value
    return None


def _loaded_at(extract: Extract, latest: datetime) -> str:
    moments = [_metadata(extract, each, Kind.TIMESTAMP, latest) for each in _LOADED_AT]
    known = [moment for moment in moments if moment]
    if extract.delivered_at:
        known.append(extract.delivered_at)
    return f"coalesce({', '.join(known)})" if known else "cast(null as timestamp)"


def _is_deleted(
    table: TableSpec, values: dict[str, str], extract: Extract, latest: datetime
) -> str:
    flags = [_metadata(extract, _DELETED_FLAG, Kind.BOOLEAN, latest)]
    if table.meta.deleted:
        flags.append(values[table.meta.deleted])
    known = [f"coalesce({flag}, false)" for flag in flags if flag]
    for column in _DELETED_AT:
        moment = _metadata(extract, column, Kind.TIMESTAMP, latest)
        if moment:
            known.append(f"{moment} is not null")
    return " or ".join(known) or "false"


def _is_active(extract: Extract, latest: datetime) -> str:
    active = _metadata(extract, _ACTIVE, Kind.BOOLEAN, latest)
    return f"coalesce({active}, true)" if active else "true"
