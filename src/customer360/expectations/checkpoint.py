"""The checkpoint: every extract against its suite, before a build reads any of them."""

import logging
import shutil
import unicodedata
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import great_expectations as gx
from great_expectations import expectations as expect
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context import AbstractDataContext
from great_expectations.data_context.types.base import ProgressBarsConfig

from customer360.durable import swap_in
from customer360.expectations.data_docs import make_offline
from customer360.expectations.suites import (
    FILE_COLUMN,
    ROW_COLUMN,
    STOP,
    Circumstances,
    readable,
    suite_of,
)
from customer360.landing.expectation_results import EXPECTATIONS_FOLDER, Result
from customer360.landing.spec import SystemSpec, TableSpec
from customer360.landing.sql import literal, name

DATA_DOCS_FOLDER = "data_docs"
_SITE = "stewards"
_EXAMPLES = 3
_EXAMPLE_LENGTH = 30
# nothing of a value: how many are unexpected, and no more
_COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
_WHERE_THEY_ARE = {
    "result_format": "SUMMARY",
    "partial_unexpected_count": _EXAMPLES,
    "unexpected_index_column_names": [FILE_COLUMN, ROW_COLUMN],
}


@dataclass(frozen=True)
class Finding:
    """A result and, where it is not met, which records are meant; values only as their shape."""

    result: Result
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """What the expectations of a run depend on besides the adapters and the extracts.

    Attributes:
        former_records: the numbers of records in the last complete builds, by
            (system, instance, object).
        changing: the sources that deliver changes.
        max_age_days: by source, how old its newest record may be.

    """

    former_records: Mapping[tuple[str, str, str], Sequence[int]]
    changing: frozenset[tuple[str, str, str]]
    max_age_days: Mapping[tuple[str, str, str], float]


def run_checkpoint(
    con: duckdb.DuckDBPyConnection,
    systems: Sequence[SystemSpec],
    *,
    home: Path,
    run_id: str,
    now: datetime,
    terms: Terms,
) -> list[Finding]:
    """Validate every extract and write the Data Docs of this run.

    Args:
        con: a connection in which `landing.prepare` has run.
        systems: the connected systems.
        home: the Data Docs are in its folder `expectations/data_docs`.
        run_id: names the run in the results.
        now: naive UTC.
        terms: what else the expectations depend on.

    """
    _be_quiet()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    landing = context.data_sources.add_pandas("landing")
    findings: list[Finding] = []
    for system in systems:
        for table in system.tables:
            for source in _sources(con, system, table):
                delivered = _delivered(con, source)
                if not delivered:
                    continue
                suite = suite_of(
                    system.name,
                    table,
                    Circumstances(
                        delivered=delivered,
                        is_empty=not _records(con, source),
                        has_changes=source in terms.changing,
                        former_records=terms.former_records.get(source, ()),
                        now=now,
                        max_age_days=terms.max_age_days[source],
                    ),
                )
                title = ".".join(source)
                frame = con.execute(_frame_query(table, source[1], delivered, suite)).df()
                batches = landing.add_dataframe_asset(title).add_batch_definition_whole_dataframe(
                    "as landed"
                )
                for outcome in _validate(context, title, batches, frame, suite, run_id):
                    result = _result(outcome, source, run_id=run_id, now=now)
                    examples = (
                        () if result.is_met else _examples(con, table, batches, frame, outcome)
                    )
                    findings.append(Finding(result, examples))
    _write_data_docs(context, home, [each.result for each in findings])
    return findings


def shape(value: object) -> str:
    """A value with every letter and digit replaced, so that it tells its form and nothing else.

    Example: `t.tanaka@example.com` gives `x.xxxxxx@xxxxxxx.xxx`, `090-1234` gives `999-9999`.
    """
    text = str(value)
    shown = "".join(_shape_of(character) for character in text[:_EXAMPLE_LENGTH])
    return shown + ("…" if len(text) > _EXAMPLE_LENGTH else "")


def _shape_of(character: str) -> str:
    category = unicodedata.category(character)
    if category.startswith("N"):
        return "9"
    if category.startswith(("L", "M")):
        return "x" if character.isascii() else "あ"
    return character if character.isprintable() else "?"


def _be_quiet() -> None:
    """Great Expectations warns about its own internals."""
    warnings.filterwarnings("ignore", module="great_expectations")
    logging.getLogger("great_expectations").setLevel(logging.ERROR)


def _sources(
    con: duckdb.DuckDBPyConnection, system: SystemSpec, table: TableSpec
) -> Iterator[tuple[str, str, str]]:
    for (instance,) in con.execute(
        "select source_instance from landing_raw.extracts"
        " where source_system = ? and source_object = ? order by all",
        [system.name, table.name],
    ).fetchall():
        yield system.name, instance, table.name


def _delivered(con: duckdb.DuckDBPyConnection, source: tuple[str, str, str]) -> list[str]:
    rows = con.execute(
        "select declared_as from landing.source_columns where status = 'read'"
        " and source_system = ? and source_instance = ? and source_object = ? order by position",
        list(source),
    ).fetchall()
    return [column for (column,) in rows]


def _records(con: duckdb.DuckDBPyConnection, source: tuple[str, str, str]) -> int:
    [(records,)] = con.execute(
        "select landed from landing.row_counts"
        " where source_system = ? and source_instance = ? and source_object = ?",
        list(source),
    ).fetchall()
    return int(records)


def _frame_query(
    table: TableSpec, instance: str, delivered: Sequence[str], suite: Sequence[expect.Expectation]
) -> str:
    """SQL of the columns that the suite looks at, of every landed record."""
    wanted = {FILE_COLUMN, ROW_COLUMN}
    for each in suite:
        wanted |= {getattr(each, "column", None) or "", *(getattr(each, "column_list", ()))}
    selected = [FILE_COLUMN, ROW_COLUMN]
    for column in table.columns:
        if column.name not in delivered:
            continue
        if column.name in wanted:
            selected.append(name(column.name))
        label = readable(column)
        if label in wanted:
            selected.append(
                f"case when list_contains(list_transform(_invalid_values, lambda item: "
                f"item.column_name), {literal(column.name)}) then false "
                f"when {name(column.name)} is not null then true end as {name(label)}"
            )
    return (
        f"select {', '.join(selected)} from landing.{name(table.view)} "
        f"where _instance = {literal(instance)} order by {FILE_COLUMN}, {ROW_COLUMN}"
    )


def _validate(
    context: AbstractDataContext,
    title: str,
    batches: BatchDefinition[Any],
    frame: Any,
    suite: Sequence[expect.Expectation],
    run_id: str,
) -> list[ExpectationValidationResult]:
    added = context.suites.add(
        gx.ExpectationSuite(name=title, expectations=[each.copy() for each in suite])
    )
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(name=title, data=batches, suite=added)
    )
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(name=title, validation_definitions=[definition], result_format=_COUNTS_ONLY)
    )
    run = checkpoint.run(
        batch_parameters={"dataframe": frame}, run_id=RunIdentifier(run_name=run_id)
    )
    outcomes = [each for one in run.run_results.values() for each in one.results]
    for each in outcomes:
        failure = (each.exception_info or {}).get("exception_message")
        if failure:
            config = each.expectation_config
            raise RuntimeError(
                f"{title}: {config and config.type} could not be looked at: {failure}"
            )
    return outcomes


def _result(
    outcome: ExpectationValidationResult,
    source: tuple[str, str, str],
    *,
    run_id: str,
    now: datetime,
) -> Result:
    config = outcome.expectation_config
    assert config is not None
    numbers = outcome.result
    share = numbers.get("unexpected_percent")
    observed = numbers.get("observed_value")
    if observed is None and share is not None:
        observed = f"{100 - share:.2f} %"
    columns = config.kwargs.get("column_list") or [config.kwargs.get("column")]
    listed = ", ".join(each for each in columns if each and each != FILE_COLUMN)
    return Result(
        run_id,
        now,
        *source,
        config.type,
        listed or None,
        "stop" if config.severity is STOP else "warn",
        bool(outcome.success),
        numbers.get("element_count"),
        numbers.get("unexpected_count"),
        None if observed is None else str(observed),
        _in_words(config.type, config.kwargs, config.meta or {}),
    )


def _in_words(kind: str, arguments: Mapping[str, Any], meta: Mapping[str, Any]) -> str:
    mostly = arguments.get("mostly", 1.0)
    share = "" if mostly == 1 else f" in at least {mostly:.0%} of the rows"
    least, most = arguments.get("min_value"), arguments.get("max_value")
    limits = " and ".join(
        text
        for text in (
            None if least is None else f"at least {least}",
            None if most is None else f"at most {most}",
        )
        if text
    )
    words = {
        "expect_column_to_exist": "the column is delivered",
        "expect_column_values_to_not_be_null": f"there is a value{share}",
        "expect_compound_columns_to_be_unique": f"no key is twice in one file{share}",
        "expect_table_row_count_to_be_between": f"records: {limits}",
        "expect_column_max_to_be_between": str(meta.get("form")),
        "expect_column_values_to_be_between": f"{limits}{share}",
        "expect_column_values_to_be_in_set": f"a value of the declared type{share}",
        "expect_column_values_to_match_regex": f"{meta.get('form')}{share}",
    }
    return words[kind]


def _examples(
    con: duckdb.DuckDBPyConnection,
    table: TableSpec,
    batches: BatchDefinition[Any],
    frame: Any,
    outcome: ExpectationValidationResult,
) -> tuple[str, ...]:
    """Where the first unexpected values are, and what form they have; asked for only here."""
    config = outcome.expectation_config
    if config is None or "unexpected_count" not in outcome.result:
        return ()
    again = batches.get_batch({"dataframe": frame}).validate(
        config.to_domain_obj(), result_format=_WHERE_THEY_ARE
    )
    found = []
    for place in again.result.get("partial_unexpected_index_list") or []:
        file, row = place[FILE_COLUMN], int(place[ROW_COLUMN])
        column = config.kwargs.get("column")
        value = place.get(column)
        declared = next((c.name for c in table.columns if readable(c) == column), None)
        if declared:
            # as it was delivered, before it became null
            [(value,)] = con.execute(
                "select list_filter(_invalid_values, lambda item: item.column_name = $column)"
                "[1].value"
                f" from landing.{name(table.view)} where _file = $file and _row_number = $row",
                {"column": declared, "file": file, "row": row},
            ).fetchall()
        is_text = isinstance(value, str)
        found.append(f"{file} record {row}" + (f" like {shape(value)}" if is_text else ""))
    return tuple(found)


def _write_data_docs(context: AbstractDataContext, home: Path, results: Sequence[Result]) -> None:
    """Make the pages of this run in place of those of the former one."""
    folder = (home / EXPECTATIONS_FOLDER).resolve()
    new, final, former = (folder / f"{p}{DATA_DOCS_FOLDER}" for p in (".new_", "", ".former_"))
    for left_over in (new, former):
        shutil.rmtree(left_over, ignore_errors=True)
    context.add_data_docs_site(
        _SITE,
        {
            "class_name": "SiteBuilder",
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(new),
            },
        },
    )
    context.build_data_docs(site_names=[_SITE])
    make_offline(new, results)
    if final.exists():
        final.rename(former)
    swap_in(new, final)
    shutil.rmtree(former, ignore_errors=True)
