"""From a landing folder to views: the entry point of the landing reader."""

import difflib
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import duckdb
from duckdb.sqltypes import VARCHAR

from customer360.landing import drift
from customer360.landing.csv_files import (
    RAW_COLUMN,
    RAW_TABLE_PREFIX,
    READER_VERSION,
    REASON_COLUMN,
    CsvError,
    load_csv,
    table_name,
)
from customer360.landing.deliveries import Deliveries, as_data_file, keep
from customer360.landing.errors import LandingError
from customer360.landing.expectation_results import result_files, results_query
from customer360.landing.files import DataFile, Format, files_of, holds_data, near_names
from customer360.landing.redaction import redact
from customer360.landing.spec import SystemSpec, TableSpec, load_system
from customer360.landing.sql import UnsupportedTypeError, fields_of, literal, name, path_literal
from customer360.landing.views import (
    BOOKKEEPING_TABLES,
    OVER_ALL_RECORDS,
    Extract,
    RawColumn,
    as_one,
    bookkeeping,
    build_rows,
    build_view,
    first_look,
    match_columns,
    unconverted_columns,
)

MAIN_INSTANCE = "main"
# a clock may be wrong, or local time taken for UTC
_TOLERANCE = timedelta(days=1, hours=1)
# a column name that no extract has
_PATH_COLUMN = "customer360_path"

_BOOKKEEPING = """
create schema if not exists landing;
create schema if not exists landing_raw;
-- one row per view: what its records are like, as long as files and specification stay the same
create table if not exists landing_raw.first_looks (
    view_name varchar, fingerprint varchar, has_duplicates boolean, has_future_values boolean
);
-- one row per view of records: equal as long as it holds the same
create table if not exists landing_raw.view_states (view_name varchar, state varchar);
-- one row per view in schema landing: the query that it was made from
create table if not exists landing_raw.views (view_name varchar, query varchar);
create table if not exists landing_raw.extracts (
    source_system varchar, source_instance varchar, source_object varchar
);
create table if not exists landing_raw.deliveries (
    source_system varchar, source_instance varchar, source_object varchar,
    file varchar, format varchar, physical_records bigint
);
"""
_NOTHING_ACCEPTED: Mapping[str, str] = {}


def _tell_nobody(_: str) -> None:
    """For callers without a user."""


# one row per CSV file that was read: its fingerprint, and what became of it
_CSV_FILES = """
create table if not exists {texts}.csv_files (
    path varchar, size bigint, modified_ns bigint, reader_version integer,
    table_name varchar, columns varchar[], records bigint, is_damaged boolean
);
"""
_IN_WAREHOUSE = "landing_raw"
_IN_MEMORY = "landing_texts"


@dataclass(frozen=True)
class _Look:
    """What the records of a view are like.

    Attributes:
        has_duplicates: some usable record may be there twice.
        has_future_values: some date or time is later than can be.

    """

    has_duplicates: bool
    has_future_values: bool


@dataclass
class _Reader:
    """What is found on the way; problems are collected so that one run shows them all."""

    con: duckdb.DuckDBPyConnection
    landing: Path
    latest: datetime
    how: Deliveries
    texts: str
    accepted: Mapping[str, str]
    problems: list[str] = field(default_factory=list)
    views: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    raw_tables: set[str] = field(default_factory=set)
    extracts: list[tuple[str, str, str]] = field(default_factory=list)
    deliveries: list[tuple[str, str, str, str, str, int]] = field(default_factory=list)
    files: list[tuple[str, int, int]] = field(default_factory=list)
    newly_kept: list[Path] = field(default_factory=list)
    columns: dict[drift.Source, list[drift.Column]] = field(default_factory=dict)
    differences: dict[drift.Source, list[drift.Difference]] = field(default_factory=dict)
    built_columns: dict[drift.Source, list[drift.Column]] = field(default_factory=dict)
    built_records: dict[drift.Source, int] = field(default_factory=dict)


def prepare(
    con: duckdb.DuckDBPyConnection,
    *,
    landing: Path,
    project: Path,
    systems: Sequence[str],
    instances: Mapping[str, Sequence[str]],
    deliveries: Deliveries,
    has_erasures: bool = False,
    accepted: Mapping[str, str] = _NOTHING_ACCEPTED,
    tell: Callable[[str], None] = _tell_nobody,
    now: datetime | None = None,
) -> list[tuple[str, int, int]]:
    """Make the landing folder readable as views in schema `landing`.

    Afterwards there is one view per declared table of each connected system, with the columns that
    its sources YAML declares and `_instance, _file, _row_number, _loaded_at, _is_deleted, _status,
    _reason, _payload, _invalid_values`; the views `deliveries`, `row_counts`, `quarantined_rows`,
    `invalid_values`, `source_columns` and `expectation_results` over all of them; and no view of a
    system that is not connected. Parquet is read where it lies. CSV is read once into schema
    `landing_raw`, and again when the file changes, unless somebody was erased. Of a source that
    delivers changes, all files that were ever found are kept, and those are read.

    Args:
        con: connection to the warehouse file, not inside a transaction.
        landing: folder with one subfolder per system.
        project: root of the dbt project; the adapters are in its `models/staging`.
        systems: the connected systems.
        instances: system → folders of its instances; a system that is not named here has the one
            instance `main`, whose files lie in the system's own folder.
        deliveries: which sources deliver changes, and where their files are kept.
        has_erasures: there are people who must not be found in any file. CSV is then read into
            memory, so that nothing stays of it but what the models make, and deliveries are kept
            without them. The connection has the functions of `erasure.prepare_cursor`.
        accepted: why an extract may differ from what the last complete build read (a column
            dropped, renamed or of another type, no records any more), by pattern of
            system/instance/object.
        tell: is told what has changed and does not stop a build.
        now: naive UTC time of the build; default: the clock.

    Returns:
        The fingerprints of the files that the views read, the results of checkpoints among them.

    Raises:
        LandingError: with everything that is missing, misnamed, unreadable or changed. Then no
            view has changed.

    """
    now = now or datetime.now(UTC).replace(tzinfo=None)
    landing = landing.resolve()
    # to the full hour, so that the views stay the same for a while
    latest = now.replace(minute=0, second=0, microsecond=0) + _TOLERANCE
    deliveries = replace(deliveries, home=deliveries.home.resolve())
    texts = _IN_WAREHOUSE if not has_erasures else f"{_IN_MEMORY}.main"
    reader = _Reader(con, landing, latest, deliveries, texts, accepted)
    specs = _load_specs(project, systems, reader.problems)
    if not landing.is_dir():
        reader.problems.append(
            f"the landing folder {landing} is missing; create it, or point CUSTOMER360_LANDING at "
            "the folder that holds one subfolder per system"
        )
        raise LandingError(reader.problems)
    con.execute(_BOOKKEEPING + _CSV_FILES.format(texts=_IN_WAREHOUSE))
    if has_erasures:
        con.execute(f"attach if not exists ':memory:' as {_IN_MEMORY}")
        con.execute(_CSV_FILES.format(texts=texts))
    con.execute(drift.TABLES)
    reader.built_columns = drift.built_columns(con)
    reader.built_records = drift.built_records(con)
    for system in specs:
        _check_objects(reader, system)
        folders = _instance_folders(reader, system, instances.get(system.name))
        for table in system.tables:
            before = len(reader.problems)
            _read_table(reader, system, table, folders)
            if len(reader.problems) > before:
                # a file that cannot be read is no delivery: it can be exported again
                for path in reader.newly_kept:
                    path.unlink()
            reader.newly_kept.clear()
    if reader.problems:
        raise LandingError(reader.problems)
    of_all = _digest(reader.states)
    reader.states |= dict.fromkeys(OVER_ALL_RECORDS, of_all)
    _commit(reader, specs)
    for path in result_files(reader.how.home):
        reader.files.append((str(path), path.stat().st_size, path.stat().st_mtime_ns))
    for line in _told(reader):
        tell(line)
    return reader.files


def _load_specs(project: Path, systems: Sequence[str], problems: list[str]) -> list[SystemSpec]:
    specs: list[SystemSpec] = []
    owners: dict[str, str] = {}
    for system in dict.fromkeys(systems):
        try:
            spec = load_system(project, system)
        except LandingError as error:
            problems += error.problems
            continue
        for table in spec.tables:
            place = f"{system}.{table.name}"
            if table.view in BOOKKEEPING_TABLES:
                problems.append(f"{place}: the identifier {table.view!r} is reserved")
            elif owners.setdefault(table.view, place) != place:
                problems.append(
                    f"{place} and {owners[table.view]} have the same identifier {table.view!r}"
                )
        specs.append(spec)
    return specs


def _instance_folders(
    reader: _Reader, system: SystemSpec, registered: Sequence[str] | None
) -> dict[str, Path]:
    """Return instance → folder for the folders that exist; the others are problems."""
    folder = reader.landing / system.name
    if not folder.is_dir():
        reader.problems.append(
            f"{system.name}: its folder {folder} is missing"
            f"{_did_you_mean(reader.landing, folder)}; put its extracts there or take "
            f"{system.name} out of the variable systems"
        )
        return {}
    if registered is None:
        return {MAIN_INSTANCE: folder}
    for unregistered in sorted(folder.iterdir()):
        if unregistered.name not in registered and holds_data(unregistered):
            reader.problems.append(
                f"{system.name}/{unregistered.name}: the folder {unregistered} holds extracts, but "
                f"the variable instances does not name it; add {unregistered.name} there, or move "
                "the folder away"
            )
    folders = {}
    for instance in dict.fromkeys(registered):
        if (folder / instance).is_dir():
            folders[instance] = folder / instance
        else:
            reader.problems.append(
                f"{system.name}/{instance}: the instance's folder {folder / instance} is missing"
                f"{_did_you_mean(folder, folder / instance)}; put its extracts there or take "
                f"{instance} out of the variable instances"
            )
    return folders


def _check_objects(reader: _Reader, system: SystemSpec) -> None:
    """Report entries about objects that a system does not have."""
    objects = [table.name for table in system.tables]
    for place in reader.how.kinds:
        named, _, rest = place.partition("/")
        wanted = rest.partition("/")[2]
        if named == system.name and wanted and wanted not in objects:
            reader.problems.append(
                f"the variable deliveries names {place}, but {system.name} has no object "
                f"{wanted!r}; its objects: {', '.join(objects)}"
            )


def _did_you_mean(parent: Path, wanted: Path) -> str:
    found = sorted(each.name for each in parent.iterdir() if each.is_dir())
    near = difflib.get_close_matches(wanted.name, found, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _read_table(
    reader: _Reader, system: SystemSpec, table: TableSpec, folders: Mapping[str, Path]
) -> None:
    """Find, check and read the files of a table in all instances; add its view."""
    extracts: list[Extract] = []
    files: list[DataFile] = []
    changing: list[str] = []
    delivered: dict[str, list[Extract]] = {}
    before = len(reader.problems)
    for instance, folder in folders.items():
        source = (system.name, instance, table.name)
        reader.extracts.append(source)
        found = files_of(folder, table.file, landing=reader.landing)
        unnamed = [each.name for each in found if not _is_text(each.name)]
        if unnamed:
            reader.problems += [
                f"{'/'.join(source)}: the name of the file {os.fsencode(each)!r} is not UTF-8;"
                " rename it"
                for each in unnamed
            ]
            continue
        if len({each.format for each in found}) > 1:
            names = ", ".join(each.name for each in found)
            reader.problems.append(
                f"{'/'.join(source)}: there are both CSV and Parquet files ({names}); keep one kind"
            )
            continue
        if reader.how.are_changes(source):
            changing.append(instance)
            found = _all_deliveries(reader, system, source, found, folder)
        if not found and not table.meta.optional:
            reader.problems.append(_missing_file(source, folder, table))
        files += found
        reader.files += [each.fingerprint for each in found]
        by_format = {kind: [each for each in found if each.format is kind] for kind in Format}
        for read in (
            _csv_extracts(reader, source, by_format[Format.CSV]),
            _parquet_extracts(reader, source, by_format[Format.PARQUET]),
        ):
            delivered.setdefault(instance, []).extend(read)
            extracts += as_one(read) if instance in changing else read
    for extract in extracts:
        _, problems = match_columns(table, extract)
        place = f"{system.name}/{extract.instance}/{table.name}"
        reader.problems += [f"{place}: {problem}" for problem in problems]
    for instance in folders:
        _compare_columns(
            reader, (system.name, instance, table.name), table, delivered.get(instance, [])
        )
    if len(reader.problems) > before:
        return
    try:
        view = build_rows(table, extracts, reader.latest, changing=changing)
    except UnsupportedTypeError as error:
        reader.problems.append(f"{system.name}/{table.name}: {error}")
        return
    fingerprint = _fingerprint(table, files, list(folders), changing)
    look = _known_look(reader.con, table.view, fingerprint)
    if look is None:
        try:
            [(unconverted, *seen)] = reader.con.execute(first_look(view)).fetchall()
            look = _Look(*seen)
            many = (
                []
                if (unconverted or 0) < drift.FEWEST_UNCONVERTED
                else reader.con.execute(unconverted_columns(table, view)).fetchall()
            )
        except duckdb.Error as error:
            names = ", ".join(each.name for each in files)
            reader.problems.append(
                f"{system.name}/{table.name}: {names} cannot be read: {_first_line(error)}"
            )
            return
        _remember_look(reader.con, table.view, fingerprint, look, many)
    _compare_types(reader, system, table)
    reader.views[table.view] = build_view(table, view, has_duplicates=look.has_duplicates)
    # what is in the future now need not be so for long
    until = f" {reader.latest}" if look.has_future_values else ""
    reader.states[table.view] = fingerprint + until


def _is_text(file_name: str) -> bool:
    """Whether a name has no bytes that Python could only pass on, not read."""
    return file_name.isascii() or not any("\udc80" <= each <= "\udcff" for each in file_name)


def _compare_columns(
    reader: _Reader, source: drift.Source, table: TableSpec, extracts: Sequence[Extract]
) -> None:
    """Compare what one extract has with what the last complete build found."""
    reader.columns[source] = drift.columns_of(
        table, [(extract, match_columns(table, extract)[0]) for extract in extracts]
    )
    _take(
        reader,
        source,
        drift.compare(reader.built_columns.get(source, []), reader.columns[source]),
    )
    records = sum(count for *place, _, _, count in reader.deliveries if tuple(place) == source)
    had = reader.built_records.get(source, 0)
    if had and not records and not table.meta.may_be_empty:
        _take(reader, source, [drift.emptied(had)])


def _compare_types(reader: _Reader, system: SystemSpec, table: TableSpec) -> None:
    """Compare the values of a table with the declared types."""
    for instance, column, reason, lost, kept in reader.con.execute(
        "select source_instance, column_name, reason, unconverted, converted"
        " from landing_raw.unconverted_columns where view_name = ? order by all",
        [table.view],
    ).fetchall():
        if lost >= drift.FEWEST_UNCONVERTED and lost > kept:
            data_type = table.column(column).data_type
            found = drift.unconverted(column, data_type, reason, lost, kept)
            _take(reader, (system.name, instance, table.name), [found])


def _take(reader: _Reader, source: drift.Source, found: Iterable[drift.Difference]) -> None:
    """Keep what has changed; what is not accepted is a problem."""
    because = drift.reason_to_accept(source, reader.accepted)
    for each in found:
        reader.differences.setdefault(source, []).append(each)
        if each.change is not drift.Change.ADDED and because is None:
            reader.problems.append(
                f"{'/'.join(source)}: {each.detail}. {drift.how_to_accept(source)}"
            )


def _told(reader: _Reader) -> list[str]:
    """One line per extract with changes that do not stop the build."""
    lines = []
    for source, found in reader.differences.items():
        place = "/".join(source)
        added = [each.column for each in found if each.change is drift.Change.ADDED and each.column]
        if added:
            lines.append(
                f"{place}: new columns, which its adapter ignores: {', '.join(added)}"
                " (source_columns lists them)"
            )
        because = drift.reason_to_accept(source, reader.accepted)
        lines += [
            f"{place}: {each.detail}; accepted: {because}"
            for each in found
            if each.change is not drift.Change.ADDED
        ]
    return lines


def _all_deliveries(
    reader: _Reader,
    system: SystemSpec,
    source: tuple[str, str, str],
    found: Sequence[DataFile],
    folder: Path,
) -> list[DataFile]:
    """Keep what is new of a source that delivers changes, and return all that it delivered."""
    kept_in = reader.how.folder(source)
    try:
        kept, new = keep(found, kept_in, landing_folder=folder)
    except OSError as error:
        reader.problems.append(
            f"{'/'.join(source)}: its deliveries cannot be kept in {kept_in}: {error}"
        )
        return list(found)
    if reader.texts != _IN_WAREHOUSE:
        for path in new:
            redact(reader.con, path, source, system, everywhere=False)
    reader.newly_kept += new
    return [as_data_file(path, home=reader.how.home) for path in kept]


def _missing_file(source: tuple[str, str, str], folder: Path, table: TableSpec) -> str:
    near = " or ".join(repr(each) for each in near_names(folder, table.file))
    hint = f" Did you mean {near}?" if near else ""
    found = sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))
    shown = ", ".join(found[:20]) + (f" and {len(found) - 20} more" if len(found) > 20 else "")
    return (
        f"{'/'.join(source)}: there is no file {folder / table.file}.csv or .parquet.{hint} "
        f"Found there: {shown or 'nothing'}."
    )


def _csv_extracts(
    reader: _Reader, source: tuple[str, str, str], files: Iterable[DataFile]
) -> list[Extract]:
    extracts = []
    for file in files:
        path, size, modified_ns = file.fingerprint
        raw_table = table_name(path)
        reader.raw_tables.add(raw_table)
        relation = f"{reader.texts}.{name(raw_table)}"
        known = reader.con.execute(
            f"select columns, records, is_damaged from {reader.texts}.csv_files "
            "where path = ? and size = ? and modified_ns = ? and reader_version = ?",
            [path, size, modified_ns, READER_VERSION],
        ).fetchall()
        if known:
            [(columns, records, is_damaged)] = known
        else:
            reader.con.execute(f"delete from {reader.texts}.csv_files where path = ?", [path])
            try:
                result = load_csv(reader.con, file.path, relation)
            except CsvError as error:
                reader.problems.append(f"{'/'.join(source)}: {file.name}: {error}")
                continue
            columns, records, is_damaged = result.columns, result.records, result.is_damaged
            reader.con.execute(
                f"insert into {reader.texts}.csv_files values (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(path, size, modified_ns, READER_VERSION),
                    *(raw_table, list(columns), records, is_damaged),
                ],
            )
        reader.deliveries.append((*source, file.name, file.format.value, records))
        if not columns:
            continue
        extracts.append(
            Extract(
                instance=source[1],
                relation=relation,
                columns=tuple(
                    RawColumn(label, f"delivered.c{index}", VARCHAR)
                    for index, label in enumerate(columns)
                ),
                file=literal(file.name),
                first_file=file.name,
                row_number="delivered.rowid + 1",
                delivered_at=_moment(file.delivered_at),
                raw_reason=f"delivered.{REASON_COLUMN}" if is_damaged else None,
                raw_payload=f"delivered.{RAW_COLUMN}" if is_damaged else None,
            )
        )
    return extracts


def _parquet_extracts(
    reader: _Reader, source: tuple[str, str, str], files: Sequence[DataFile]
) -> list[Extract]:
    """One extract per set of files with the same columns."""
    described: list[tuple[DataFile, tuple[RawColumn, ...]]] = []
    for file in files:
        path = path_literal(file.path)
        try:
            [(records,)] = reader.con.execute(
                f"select num_rows from parquet_file_metadata({path})"
            ).fetchall()
            columns = _parquet_columns(reader.con, path)
        except (duckdb.Error, ValueError) as error:
            reader.problems.append(
                f"{'/'.join(source)}: {file.name} is not a readable Parquet file "
                f"({_first_line(error)}); export it again"
            )
            continue
        reader.deliveries.append((*source, file.name, file.format.value, records))
        described.append((file, columns))
    extracts = []

    def shape(item: tuple[DataFile, tuple[RawColumn, ...]]) -> tuple[str, str]:
        return str(item[0].delivered_at), str([(raw.label, str(raw.type)) for raw in item[1]])

    for _, group in groupby(sorted(described, key=shape), key=shape):
        members = list(group)
        paths = ", ".join(path_literal(file.path) for file, _ in members)
        # what comes before the name is the same folder for all
        prefix = len(str(members[0][0].path)) - len(members[0][0].name) + 1
        extracts.append(
            Extract(
                instance=source[1],
                relation=(
                    f"read_parquet([{paths}], hive_partitioning = false, "
                    f"filename = {literal(_PATH_COLUMN)}, file_row_number = true)"
                ),
                columns=members[0][1],
                file=f"substr(delivered.{_PATH_COLUMN}, {prefix})",
                first_file=members[0][0].name,
                row_number="delivered.file_row_number + 1",
                delivered_at=_moment(members[0][0].delivered_at),
            )
        )
    return extracts


def _moment(moment: datetime | None) -> str | None:
    return f"timestamp {literal(moment.isoformat(sep=' '))}" if moment else None


def _parquet_columns(con: duckdb.DuckDBPyConnection, path: str) -> tuple[RawColumn, ...]:
    relation = con.sql(f"select * from read_parquet({path}, hive_partitioning = false)")
    columns = []
    for label, data_type in zip(relation.columns, relation.types, strict=True):
        expression = f"delivered.{name(label)}"
        columns.append(RawColumn(label, expression, data_type))
        if data_type.id == "struct":
            columns += [
                RawColumn(
                    f"{label}.{child}",
                    f"struct_extract({expression}, {literal(child)})",
                    child_type,
                    is_field=True,
                )
                for child, child_type in fields_of(data_type).items()
            ]
    return tuple(columns)


def _fingerprint(
    table: TableSpec, files: Iterable[DataFile], instances: list[str], changing: list[str]
) -> str:
    content = {
        "reader": READER_VERSION,
        "table": table.model_dump(mode="json"),
        "instances": instances,
        "changing": changing,
        "files": [file.fingerprint for file in files],
    }
    return _digest(content)


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _known_look(con: duckdb.DuckDBPyConnection, view: str, fingerprint: str) -> _Look | None:
    found = con.execute(
        "select has_duplicates, has_future_values from landing_raw.first_looks "
        "where view_name = ? and fingerprint = ?",
        [view, fingerprint],
    ).fetchall()
    return _Look(*found[0]) if found else None


def _remember_look(
    con: duckdb.DuckDBPyConnection,
    view: str,
    fingerprint: str,
    look: _Look,
    unconverted: Sequence[tuple[object, ...]],
) -> None:
    con.execute("delete from landing_raw.unconverted_columns where view_name = ?", [view])
    if unconverted:
        con.executemany(
            "insert into landing_raw.unconverted_columns values (?, ?, ?, ?, ?, ?)",
            [[view, *each] for each in unconverted],
        )
    con.execute("delete from landing_raw.first_looks where view_name = ?", [view])
    con.execute(
        "insert into landing_raw.first_looks values (?, ?, ?, ?)",
        [view, fingerprint, *astuple(look)],
    )


def _commit(reader: _Reader, specs: Sequence[SystemSpec]) -> None:
    """Replace views and bookkeeping at once; drop what no connected system needs."""
    con = reader.con
    views = {
        **reader.views,
        **bookkeeping(specs),
        "expectation_results": results_query(reader.how.home),
    }
    con.execute("begin transaction")
    try:
        for table, rows in (
            ("extracts", reader.extracts),
            ("deliveries", reader.deliveries),
            ("source_columns", _column_rows(reader)),
            ("view_states", list(reader.states.items())),
        ):
            if con.execute(f"from landing_raw.{table}").fetchall() == rows:
                continue
            con.execute(f"delete from landing_raw.{table}")
            if rows:
                places = ", ".join("?" for _ in rows[0])
                con.executemany(f"insert into landing_raw.{table} values ({places})", rows)
        existing = _names(con, "duckdb_views()", "view_name", "landing")
        for view in existing - set(views):
            con.execute(f"drop view landing.{name(view)}")
        known = con.execute("select view_name, query from landing_raw.views").fetchall()
        unchanged = {view for view, query in known if view in existing and views.get(view) == query}
        for view, query in views.items():
            if view not in unchanged:
                con.execute(f"create or replace view landing.{name(view)} as\n{query}")
        if unchanged != set(views):
            con.execute("delete from landing_raw.views")
            con.executemany("insert into landing_raw.views values (?, ?)", list(views.items()))
        raw_tables = _names(con, "duckdb_tables()", "table_name", _IN_WAREHOUSE)
        needed = reader.raw_tables if reader.texts == _IN_WAREHOUSE else set()
        for table in raw_tables - needed:
            if table.startswith(RAW_TABLE_PREFIX):
                con.execute(f"drop table {_IN_WAREHOUSE}.{name(table)}")
        con.execute(
            f"delete from {_IN_WAREHOUSE}.csv_files where not list_contains(?, table_name)",
            [sorted(needed)],
        )
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise


def _column_rows(reader: _Reader) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for source, columns in reader.columns.items():
        because = drift.reason_to_accept(source, reader.accepted)
        changed = drift.with_differences(columns, reader.differences.get(source, []), because)
        rows += [(*source, *astuple(column)) for column in changed]
    return rows


def _names(con: duckdb.DuckDBPyConnection, function: str, column: str, schema: str) -> set[str]:
    found = con.execute(
        f"select {column} from {function} "
        "where schema_name = ? and database_name = current_database()",
        [schema],
    ).fetchall()
    return {row[0] for row in found}


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
