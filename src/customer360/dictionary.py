"""The data dictionary: what readers find in the published files, as one page and as a CSV file.

It is made from what the YAML of the models says, so it needs no build, and shows no row of anybody.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import jinja2

from customer360.privacy import ColumnClass, OpenForm, PrivacyClass
from customer360.spreadsheets import cell

# how the open file has a column that is not of class `none`
_FORMS = {
    OpenForm.AS_IS: "as it is",
    OpenForm.TOKEN: "its token",
    OpenForm.KEY: "the key, or its token where keys are personal",
    OpenForm.SOURCE_KEY: "as in record_key",
    OpenForm.OF_ORGANIZATIONS: "of organizations only",
}
_ABSENT = "–"


@dataclass(frozen=True)
class Column:
    """A column of a published table.

    Attributes:
        name: its name.
        data_type: as the contract says it.
        description: what it means.
        privacy: its class and, if any, its form in the open file.
        is_never_null: tested to have a value in every row.
        tests: what else is tested, in words.

    """

    name: str
    data_type: str
    description: str
    privacy: ColumnClass
    is_never_null: bool = False
    tests: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the open file has it, if it has the table."""
        return self.privacy.privacy is PrivacyClass.NONE or self.privacy.open_form is not None

    @property
    def in_open_file(self) -> str:
        """How the open file has it, in words."""
        if self.privacy.privacy is PrivacyClass.NONE:
            return _FORMS[OpenForm.AS_IS]
        return _FORMS[self.privacy.open_form] if self.privacy.open_form else _ABSENT


@dataclass(frozen=True)
class Reader:
    """Somebody who reads a table: a team with the purpose, and whom to ask."""

    name: str
    owner: str


@dataclass(frozen=True)
class Table:
    """A published table.

    Attributes:
        name: the name that readers know.
        section: what it is grouped under.
        grain: the first sentence of its description.
        description: the rest of it.
        columns: in their order.
        is_restricted: only the restricted file has it.
        tests: what is tested about the table as a whole, in words.
        parents: what it is made from, directly.
        upstream: everything it is made from, by layer, the sources first.
        readers: who has said to read it.
        metrics: what `mf` counts of it.

    """

    name: str
    section: str
    grain: str
    description: str
    columns: tuple[Column, ...]
    is_restricted: bool = False
    tests: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    upstream: tuple[tuple[str, tuple[str, ...]], ...] = ()
    readers: tuple[Reader, ...] = ()
    metrics: tuple[str, ...] = ()

    @cached_property
    def open_columns(self) -> tuple[Column, ...]:
        """What the open file has of it."""
        if self.is_restricted:
            return ()
        return tuple(column for column in self.columns if column.is_open)


# what publishing adds to the marts, and no model describes
BUILD_INFO = Table(
    name="build_info",
    section="operations",
    grain="One row: the build that the file is of.",
    description="Compare it after connecting again to see whether the file is a new one.",
    columns=tuple(
        Column(name, data_type, description, ColumnClass(PrivacyClass.NONE), is_never_null=True)
        for name, data_type, description in (
            ("commit_number", "bigint", "The last commit of the registry."),
            ("run_id", "varchar", "The build, as dbt and the registry call it."),
            ("published_at", "timestamp", "When it was published (UTC)."),
            ("settings", "varchar", "The thresholds that it was built with, as JSON."),
        )
    ),
)


def render(tables: Sequence[Table]) -> str:
    """The page: one HTML file with everything in it, the search too."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(
        files("customer360").joinpath("dictionary.html.j2").read_text("utf-8")
    )
    sections: dict[str, list[Table]] = {}
    for table in tables:
        sections.setdefault(table.section, []).append(table)
    return template.render(
        sections=sections,
        names={table.name for table in tables},
        column_count=sum(len(table.columns) for table in tables),
        open_count=sum(not table.is_restricted for table in tables),
    )


_CSV_COLUMNS = (
    *("section", "table", "column", "position", "type", "nullable"),
    *("privacy", "in_open_file", "description", "tests", "table_description"),
)


def as_csv(tables: Sequence[Table]) -> str:
    """One line per column, for spreadsheets and catalogues."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    for table in tables:
        for position, column in enumerate(table.columns, start=1):
            row = [
                *(table.section, table.name, column.name, position, column.data_type),
                *("no" if column.is_never_null else "yes", str(column.privacy.privacy)),
                _ABSENT if table.is_restricted else column.in_open_file,
                *(column.description, "; ".join(column.tests)),
                f"{table.grain} {table.description}".strip(),
            ]
            writer.writerow(map(cell, row))
    return text.getvalue()
