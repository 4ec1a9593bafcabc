"""Text that means something to SQL, Jinja, a shell or a terminal is text here, in every column.

In every extract of every adapter, the first row has a plain word in each text column. Wherever that
word comes out in the conformed models, the hostile text of the other rows has to come out as well,
as it went in.
"""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from customer360.landing.spec import ColumnSpec, Kind, TableSpec, load_system
from customer360.readiness import write_readiness
from tests.project.builds import PROJECT, WITHOUT_TESTS, Customer360
from tests.project.canaries import LINKS, PLACES, PREFIXES, salesforce_id, word

# several values with ; between them
LISTS = (Kind.TEXT_LIST, Kind.PAIR_LIST)
PLAIN = "plain"
HOSTILE = {
    "SQL": "x'); drop table conformed.int_party_records cascade; -- \" /* ",
    "Jinja": "{{ env_var('CUSTOMER360_HOME') }}{% do exceptions.raise_compiler_error() %}{# x",
    "format": "%s %(x)d {0} ${HOME} $(id) `id` \\n \\' $$ $1 ?",
    "control": "a\x01\x07\x1b[31m\x7f\x85\u2028b\tc\r\nd",
    "letters": "👩‍👩‍👧 \u202eمرحبا\u202c \ufeffＦｕｌｌ ǆ é e\u0301 𠮷",
    "formula": "=cmd|' /C calc'!A0",
    "long": "very long " * 2_000,
}
# headers that nobody declared
COLUMNS = ["=HYPERLINK(A1)", "+1 <script>alert(1)</script>", 'it\'s; "x" {{ y }}']


@dataclass(frozen=True)
class Cell:
    """A text that was delivered, and where."""

    column: str
    kind: str


def is_free_text(table: TableSpec, column: ColumnSpec) -> bool:
    """Whether a source may write anything into the column."""
    return (
        column.kind in (Kind.VARCHAR, *LISTS)
        and column.name not in table.meta.key
        and column.name not in LINKS
        and column.name not in ("SubscriberKey", "ParentId", "purpose", "channel", "kind")
        # what a profile shows is a name only where it looks like one
        and column.name != "display_name"
        and not column.meta.accepted_values
    )


def linked(table: TableSpec, name: str, row: int) -> str | None:
    """What makes the rows of an extract records that belong together."""
    if name == "Id":
        return salesforce_id(PREFIXES.get(table.name, "00T"), row)
    if name == "ParentId":
        return salesforce_id("500", row) if table.name == "case_comment" else None
    if name in LINKS:
        return LINKS[name](row)
    return f"{name}-{row}" if name in (*table.meta.key, "SubscriberKey") else None


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    folder = tmp_path_factory.mktemp("hostile")
    return Customer360(folder / "landing", folder / "home", folder / "scratch")


@pytest.fixture(scope="module")
def delivered(project: Customer360) -> dict[str, Cell]:
    """Every text that was delivered; the project was built over them."""
    texts: dict[str, Cell] = {}
    for place in PLACES:
        system, instance = place.split("/")
        into = project.landing / system / (instance if instance != "main" else "")
        into.mkdir(parents=True)
        for table in load_system(PROJECT, system).tables:
            rows = []
            for row, (kind, text) in enumerate({PLAIN: "", **HOSTILE}.items()):
                cells = []
                for column in table.columns:
                    if not is_free_text(table, column):
                        cells.append(linked(table, column.name, row))
                        continue
                    value = text.replace(";", ":") if column.kind in LISTS else text
                    value += word(len(texts))
                    texts[value] = Cell(f"{place}/{table.name}/{column.name}", kind)
                    is_typed = column.kind is Kind.PAIR_LIST
                    cells.append(f"handle:{value}" if is_typed else value)
                rows.append(cells)
            with (into / f"{table.file}.csv").open("w", encoding="utf-8", newline="") as file:
                header = [c.name for c in table.columns]
                # a column that the adapter ignores, and the assessment shows
                more = [] if table.meta.strict_columns else COLUMNS
                csv.writer(file).writerows([[*header, *more], *([*row, *more] for row in rows)])
    project.build(*WITHOUT_TESTS)
    return texts


def conformed(project: Customer360) -> dict[str, set[str]]:
    """The texts of each column of each conformed model, those in lists and structs one by one."""
    found: dict[str, set[str]] = defaultdict(set)
    with duckdb.connect(str(project.home / "warehouse.duckdb"), read_only=True) as con:
        for table, column, data_type in con.execute(
            "select table_name, column_name, data_type from duckdb_columns()"
            " where schema_name = 'conformed' and contains(data_type, 'VARCHAR')"
            " and table_name in (select table_name from duckdb_tables())"
        ).fetchall():
            value = f"unnest({column}, recursive := true)" if data_type != "VARCHAR" else column
            for row in con.execute(f"select {value} from conformed.{table}").fetchall():
                found[f"{table}.{column}"] |= {each for each in row if isinstance(each, str)}
    return found


def test_hostile_text_in_every_column_of_every_adapter_comes_out_as_it_went_in(
    project: Customer360, delivered: dict[str, Cell]
) -> None:
    arrives: dict[str, set[str]] = defaultdict(set)
    arrived: dict[tuple[str, str], set[str]] = defaultdict(set)
    for place, texts in conformed(project).items():
        for text in texts & delivered.keys():
            cell = delivered[text]
            if cell.kind == PLAIN:
                arrives[cell.column].add(place)
            arrived[cell.column, cell.kind].add(place)
    assert len(arrives) > 100
    changed = {
        (column, kind): missing
        for column, places in arrives.items()
        for kind in HOSTILE
        if (missing := places - arrived[column, kind])
    }
    assert changed == {}


@pytest.mark.usefixtures("delivered")
def test_a_formula_in_a_header_is_text_in_exported_csv_and_markup_is_text_on_the_page(
    project: Customer360, tmp_path: Path
) -> None:
    with duckdb.connect(str(project.home / "warehouse.duckdb"), read_only=True) as con:
        page = write_readiness(con, tmp_path).read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    exported = set[str]()
    for path in tmp_path.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            exported |= {value for row in csv.reader(file) for value in row}
    assert exported >= {f"'{COLUMNS[0]}", f"'{COLUMNS[1]}", COLUMNS[2]}
    numbers = re.compile(r"[+-]?[0-9.e+-]+")
    formulas = {
        v for v in exported if v.startswith(("=", "+", "-", "@")) if not numbers.fullmatch(v)
    }
    assert formulas == set()
    assert {name for (name,) in project.query("select column_name from source_columns")} >= set(
        COLUMNS
    )
